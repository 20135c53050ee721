-- Grids and sessions are in the order of the lap times: class by class where each class stands together, and by
-- the printed speeds where those explain the order better. A grid may have penalties, so there it is but a note.
WITH timed AS (
  SELECT sheet_id, kind, line, class, lap_time_ms, lap_speed_kmh,
    coalesce(position, line) AS place,
    class IS DISTINCT FROM lag(class) OVER (PARTITION BY sheet_id ORDER BY coalesce(position, line), line) AS class_begins
  FROM results
  WHERE kind IN ('grid', 'qualifying', 'practice', 'warm-up', 'fastest-laps')
    AND section IS NULL AND lap_time_ms IS NOT NULL
), grouped AS (
  SELECT *,
    CASE WHEN count(*) FILTER (class_begins) OVER sheet = count(DISTINCT coalesce(class, '')) OVER sheet
      THEN coalesce(class, '') ELSE '' END AS part
  FROM timed
  WINDOW sheet AS (PARTITION BY sheet_id)
), orders AS (
  SELECT sheet_id, kind, list(line ORDER BY place, line) AS lines, list(lap_time_ms ORDER BY place, line) AS times,
    misplaced(list(lap_time_ms ORDER BY place, line)) AS by_time,
    CASE WHEN count(lap_speed_kmh) = count(*)
      THEN misplaced(list(-round(lap_speed_kmh * 10000)::BIGINT ORDER BY place, line)) END AS by_speed
  FROM grouped
  GROUP BY sheet_id, kind, part
), weighed AS (
  SELECT *, sum(len(list_filter(by_time, lambda mark: mark))) OVER sheet AS against_time,
    sum(len(list_filter(by_speed, lambda mark: mark))) OVER sheet AS against_speed
  FROM orders
  WINDOW sheet AS (PARTITION BY sheet_id)
), rows_in_order AS (
  SELECT *, unnest(lines) AS line, unnest(times) AS lap_time_ms,
    coalesce(against_speed < against_time, false) AS speeds_rule,
    unnest(CASE WHEN against_speed < against_time THEN by_speed ELSE by_time END) AS out_of_order
  FROM weighed
)
SELECT DISTINCT 'note' AS severity, sheet_id, NULL::INTEGER AS line, 'lap_time_ms' AS "column", NULL::VARCHAR AS observed,
  'the order follows the printed speeds (' || against_speed || ' rows do not fit), not the lap times (' || against_time
    || ' do not): the times are of other laps' AS message
FROM rows_in_order
WHERE speeds_rule
UNION ALL
SELECT CASE WHEN kind = 'grid' THEN 'note' ELSE 'warning' END, sheet_id, line,
  CASE WHEN speeds_rule THEN 'lap_speed_kmh' ELSE 'lap_time_ms' END, clock(lap_time_ms),
  'the car stands out of the order of the ' || CASE WHEN speeds_rule THEN 'printed speeds' ELSE 'lap times' END
FROM rows_in_order
WHERE out_of_order
