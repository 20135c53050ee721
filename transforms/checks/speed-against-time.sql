-- Every lap time and speed of a sheet are of one lap, of one length.
SELECT 'warning' AS severity, sheet, line, 'lap_speed_kmh' AS "column", printf('%.3f', lap_speed_kmh) AS observed,
  printf('%.3f', km / hours) AS expected,
  clock(lap_time_ms) || printf(' and %.3f km/h are not of one lap', lap_speed_kmh)
    || coalesce(printf(' of %.3f km', km), '') AS message
FROM laps_timed
WHERE NOT explained
