-- Grids and sessions are in the order of the lap times: class by class where each class stands together, and by
-- the printed speeds where those explain the order better. A grid may have penalties, so there it is but a note.
WITH timed AS (
  SELECT sheet_id, kind, line, class, lap_time_ms, lap_speed_kmh,
    coalesce(position, line) AS place,
    class IS DISTINCT FROM lag(class) OVER (PARTITION BY sheet_id ORDER BY coalesce(position, line), line) AS class_begins
  FROM results
  WHERE kind IN ('grid', 'qualifying', 'practice', 'warm-up', 'fastest-laps')
    AND section IS NULL AND lap_time_ms IS NOT NULL
), mixed AS (
  SELECT sheet_id FROM timed GROUP BY sheet_id HAVING count(*) FILTER (class_begins) > count(DISTINCT coalesce(class, ''))
), parts AS (
  SELECT sheet_id, kind,
    out_of_order(list({place: place, line: line, value: lap_time_ms, text: clock(lap_time_ms)})) AS by_time,
    CASE WHEN count(lap_speed_kmh) = count(*) THEN
      out_of_order(list({place: place, line: line, value: -round(lap_speed_kmh * 10000), text: lap_speed_kmh})) END AS by_speed
  FROM timed
  GROUP BY sheet_id, kind, CASE WHEN sheet_id NOT IN (FROM mixed) THEN class END
), sheets_judged AS (
  SELECT sheet_id, kind, flatten(list(by_time)) AS by_time, flatten(list(by_speed)) AS by_speed,
    count(by_speed) = count(*) AND len(flatten(list(by_speed))) < len(flatten(list(by_time))) AS speeds_rule
  FROM parts
  GROUP BY sheet_id, kind
), strays AS (
  SELECT sheet_id, kind, speeds_rule, unnest(CASE WHEN speeds_rule THEN by_speed ELSE by_time END) AS car
  FROM sheets_judged
)
SELECT 'note' AS severity, sheet_id, NULL::INTEGER AS line, 'lap_time_ms' AS "column", NULL::VARCHAR AS observed,
  'the order follows the printed speeds (' || len(by_speed) || ' rows do not fit), not the lap times ('
    || len(by_time) || ' do not): the times are of other laps' AS message
FROM sheets_judged
WHERE speeds_rule
UNION ALL
SELECT CASE WHEN kind = 'grid' THEN 'note' ELSE 'warning' END, sheet_id, car.line,
  CASE WHEN speeds_rule THEN 'lap_speed_kmh' ELSE 'lap_time_ms' END, car.text,
  'the car stands out of the order of the ' || CASE WHEN speeds_rule THEN 'printed speeds' ELSE 'lap times' END
FROM strays
