-- The average speed over the race is the distance over the race time, to one part in a thousand.
SELECT 'warning' AS severity, sheet, line, 'race_speed_kmh' AS "column", printf('%.3f', race_speed_kmh) AS observed,
  printf('%.3f', distance_km * 3600000 / race_time_ms) AS expected,
  printf('%.3f km in ', distance_km) || clock(race_time_ms) || printf(' are not %.3f km/h', race_speed_kmh) AS message
FROM cars
WHERE race_time_ms > 0 AND distance_km > 0 AND race_speed_kmh > 0
  AND abs(distance_km * 3600000 / race_time_ms / race_speed_kmh - 1) > 0.001
