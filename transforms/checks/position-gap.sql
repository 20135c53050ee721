-- Every position from the first to the last one printed is there.
WITH neighbours AS (
  SELECT *, coalesce(lag(position) OVER (PARTITION BY sheet, ranking ORDER BY position, line), 0) AS previous
  FROM placed
)
SELECT 'warning' AS severity, sheet, line, 'position' AS "column", position_text AS observed,
  (previous + 1)::VARCHAR AS expected,
  CASE WHEN position = previous + 2 THEN 'position ' || (previous + 1) || ' is missing'
       ELSE 'positions ' || (previous + 1) || ' to ' || (position - 1) || ' are missing' END AS message
FROM neighbours
WHERE position > previous + 1
