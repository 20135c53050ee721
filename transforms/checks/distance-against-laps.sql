-- Distance over laps is one lap length per sheet, to less than a lap: some sheets print what was driven of the last one.
WITH driven AS (
  SELECT sheet, line, laps, distance_km, median(distance_km / laps) OVER (PARTITION BY sheet) AS lap_km
  FROM cars
  WHERE laps > 0 AND distance_km > 0
)
SELECT 'warning' AS severity, sheet, line, 'distance_km' AS "column", printf('%.3f', distance_km) AS observed,
  printf('%.3f', laps * lap_km) AS expected,
  printf('%.3f km are not %d laps of %.3f km', distance_km, laps, lap_km) AS message
FROM driven
WHERE abs(distance_km - laps * lap_km) >= lap_km
