-- Positions rise down the sheet.
WITH orders AS (
  SELECT sheet_id, block, list(line ORDER BY line) AS lines, list(position_text ORDER BY line) AS texts,
    misplaced(list(position::BIGINT ORDER BY line)) AS marks
  FROM placed
  GROUP BY sheet_id, block
), rows_in_order AS (
  SELECT sheet_id, unnest(lines) AS line, unnest(texts) AS position_text, unnest(marks) AS out_of_order
  FROM orders
)
SELECT 'warning' AS severity, sheet_id, line, 'position' AS "column", position_text AS observed,
  'position ' || position_text || ' stands out of order' AS message
FROM rows_in_order
WHERE out_of_order
