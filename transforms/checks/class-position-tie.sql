-- A position in class is held by one car.
WITH shared AS (
  SELECT sheet, class, class_position, list(line ORDER BY line) AS holders
  FROM cars
  WHERE class IS NOT NULL AND class_position IS NOT NULL
  GROUP BY sheet, ranking, class, class_position
  HAVING count(*) > 1
)
SELECT 'warning' AS severity, sheet, holders[-1] AS line, 'class_position' AS "column",
  class_position::VARCHAR AS observed,
  'position ' || class_position || ' of class ' || class || ' is printed ' || len(holders) || ' times: '
    || lines_of(holders) AS message
FROM shared
