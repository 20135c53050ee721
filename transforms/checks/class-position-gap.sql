-- Every position in class from the first to the last one printed is there.
WITH neighbours AS (
  SELECT sheet, line, class, class_position,
    coalesce(lag(class_position) OVER (PARTITION BY sheet, ranking, class ORDER BY class_position, line), 0) AS previous
  FROM cars
  WHERE class IS NOT NULL AND class_position IS NOT NULL
)
SELECT 'warning' AS severity, sheet, line, 'class_position' AS "column", class_position::VARCHAR AS observed,
  (previous + 1)::VARCHAR AS expected,
  CASE WHEN class_position = previous + 2 THEN 'position ' || (previous + 1) || ' of class ' || class || ' is missing'
       ELSE 'positions ' || (previous + 1) || ' to ' || (class_position - 1) || ' of class ' || class || ' are missing'
  END AS message
FROM neighbours
WHERE class_position > previous + 1
