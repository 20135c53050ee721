-- In a race, nobody classified below another has more laps.
WITH strays AS (
  SELECT sheet, unnest(out_of_order(list({place: position, line: line, value: -laps}))) AS car
  FROM placed
  WHERE kind = 'race' AND status = 'classified' AND laps IS NOT NULL
  GROUP BY sheet, ranking
)
SELECT 'warning' AS severity, sheet, car.line, 'laps' AS "column", -car.value AS observed,
  -car.value || ' laps do not fit position ' || car.place || ': laps should fall down the order' AS message
FROM strays
