-- The best lap of a race is one of the laps that the car completed.
SELECT 'warning' AS severity, sheet, line, 'lap_number' AS "column", lap_number::VARCHAR AS observed,
  'at most ' || laps AS expected, 'the best lap is said to be lap ' || lap_number || ' of ' || laps AS message
FROM cars
WHERE kind = 'race' AND lap_number > laps
