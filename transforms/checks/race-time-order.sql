-- In a race, of cars with the same laps nobody classified below another has the shorter time.
WITH orders AS (
  SELECT sheet_id, block, laps, list(line ORDER BY position, line) AS lines,
    list(position ORDER BY position, line) AS positions, list(race_time_ms ORDER BY position, line) AS times,
    misplaced(list(race_time_ms ORDER BY position, line)) AS marks
  FROM placed
  WHERE kind = 'race' AND status = 'classified' AND laps IS NOT NULL AND race_time_ms IS NOT NULL
  GROUP BY sheet_id, block, laps
), rows_in_order AS (
  SELECT sheet_id, laps, unnest(lines) AS line, unnest(positions) AS position, unnest(times) AS race_time_ms,
    unnest(marks) AS out_of_order
  FROM orders
)
SELECT 'warning' AS severity, sheet_id, line, 'race_time_ms' AS "column", clock(race_time_ms) AS observed,
  'a race time of ' || clock(race_time_ms) || ' over ' || laps || ' laps does not fit position ' || position AS message
FROM rows_in_order
WHERE out_of_order
