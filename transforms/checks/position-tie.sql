-- A position is held by one car.
WITH shared AS (
  SELECT sheet, ranking, position, list(line ORDER BY line) AS holders, arg_max(position_text, line) AS position_text
  FROM placed
  GROUP BY sheet, ranking, position
  HAVING count(*) > 1
)
SELECT 'warning' AS severity, sheet, holders[-1] AS line, 'position' AS "column", position_text AS observed,
  'position ' || position || ' is printed ' || len(holders) || ' times: ' || lines_of(holders) AS message
FROM shared
