-- In a race, nobody classified below another has more laps.
WITH strays AS (
  SELECT sheet_id, unnest(out_of_order(list({place: position, line: line, value: -laps, text: laps}))) AS car
  FROM placed
  WHERE kind = 'race' AND status = 'classified' AND laps IS NOT NULL
  GROUP BY sheet_id, ranking
)
SELECT 'warning' AS severity, sheet_id, car.line, 'laps' AS "column", car.text AS observed,
  car.text || ' laps do not fit position ' || car.place || ': laps should fall down the order' AS message
FROM strays
