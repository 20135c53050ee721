-- In a race, of cars with the same laps nobody classified below another has the shorter time.
WITH strays AS (
  SELECT sheet, laps, unnest(out_of_order(list({place: position, line: line, value: race_time_ms}))) AS car
  FROM placed
  WHERE kind = 'race' AND status = 'classified' AND laps IS NOT NULL AND race_time_ms IS NOT NULL
  GROUP BY sheet, ranking, laps
)
SELECT 'warning' AS severity, sheet, car.line, 'race_time_ms' AS "column", clock(car.value) AS observed,
  'a race time of ' || clock(car.value) || ' over ' || laps || ' laps does not fit position ' || car.place AS message
FROM strays
