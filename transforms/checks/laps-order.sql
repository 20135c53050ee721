-- In a race, nobody classified below another has more laps.
WITH orders AS (
  SELECT sheet_id, block, list(line ORDER BY position, line) AS lines, list(laps ORDER BY position, line) AS laps,
    list(position ORDER BY position, line) AS positions, misplaced(list(-laps::BIGINT ORDER BY position, line)) AS marks
  FROM placed
  WHERE kind = 'race' AND status = 'classified' AND laps IS NOT NULL
  GROUP BY sheet_id, block
), rows_in_order AS (
  SELECT sheet_id, unnest(lines) AS line, unnest(positions) AS position, unnest(laps) AS laps, unnest(marks) AS out_of_order
  FROM orders
)
SELECT 'warning' AS severity, sheet_id, line, 'laps' AS "column", laps::VARCHAR AS observed,
  laps || ' laps do not fit position ' || position || ': laps should fall down the order' AS message
FROM rows_in_order
WHERE out_of_order
