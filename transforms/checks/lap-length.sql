-- Lap times and speeds give the length of the circuit that event.toml states.
WITH lengths AS (
  SELECT sheet, any_value(event_id) AS event_id, any_value(km) AS km
  FROM laps_timed
  WHERE km IS NOT NULL
  GROUP BY sheet
)
SELECT 'warning' AS severity, lengths.sheet, 'lap_speed_kmh' AS "column",
  printf('%.3f km', lengths.km) AS observed, printf('%.3f km', events.circuit_km) AS expected,
  printf('times and speeds give a lap of %.3f km, event.toml says circuit_km = %.3f', lengths.km, events.circuit_km) AS message
FROM lengths
JOIN events ON events.event_id = lengths.event_id
WHERE abs(lengths.km - events.circuit_km) > 0.001
