-- Within a class, positions in class rise with the overall order.
WITH orders AS (
  SELECT sheet_id, block, class, list(line ORDER BY position, line) AS lines,
    list(class_position ORDER BY position, line) AS class_positions, list(position ORDER BY position, line) AS positions,
    misplaced(list(class_position::BIGINT ORDER BY position, line)) AS marks
  FROM placed
  WHERE class IS NOT NULL AND class_position IS NOT NULL
  GROUP BY sheet_id, block, class
), rows_in_order AS (
  SELECT sheet_id, class, unnest(lines) AS line, unnest(positions) AS position, unnest(class_positions) AS class_position,
    unnest(marks) AS out_of_order
  FROM orders
)
SELECT 'warning' AS severity, sheet_id, line, 'class_position' AS "column", class_position::VARCHAR AS observed,
  'position ' || class_position || ' of class ' || class || ' does not fit position ' || position || ' overall' AS message
FROM rows_in_order
WHERE out_of_order
