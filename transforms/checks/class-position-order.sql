-- Within a class, positions in class rise with the overall order.
WITH strays AS (
  SELECT sheet, class, unnest(out_of_order(list({place: position, line: line, value: class_position}))) AS car
  FROM placed
  WHERE class IS NOT NULL AND class_position IS NOT NULL
  GROUP BY sheet, ranking, class
)
SELECT 'warning' AS severity, sheet, car.line, 'class_position' AS "column", car.value AS observed,
  'position ' || car.value || ' of class ' || class || ' does not fit position ' || car.place || ' overall' AS message
FROM strays
