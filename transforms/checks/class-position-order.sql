-- Within a class, positions in class rise with the overall order.
WITH strays AS (
  SELECT sheet_id, class, unnest(out_of_order(list({place: position, line: line, value: class_position, text: class_position}))) AS car
  FROM placed
  WHERE class IS NOT NULL AND class_position IS NOT NULL
  GROUP BY sheet_id, ranking, class
)
SELECT 'warning' AS severity, sheet_id, car.line, 'class_position' AS "column", car.text AS observed,
  'position ' || car.text || ' of class ' || class || ' does not fit position ' || car.place || ' overall' AS message
FROM strays
