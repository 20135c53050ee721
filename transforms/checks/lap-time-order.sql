-- Grids and sessions are in the order of the lap times: class by class where each class stands together, and by
-- the printed speeds where those explain the order better. A grid may have penalties, so there it is but a note.
WITH timed AS (
  SELECT sheet, kind, line, class, lap_time_ms, lap_speed_kmh,
    coalesce(position, line) AS place,
    class IS DISTINCT FROM lag(class) OVER (PARTITION BY sheet ORDER BY coalesce(position, line), line) AS class_begins
  FROM cars
  WHERE kind IN ('grid', 'qualifying', 'practice', 'warm-up', 'fastest-laps')
    AND section IS NULL AND lap_time_ms IS NOT NULL
), mixed AS (
  SELECT sheet FROM timed GROUP BY sheet HAVING count(*) FILTER (class_begins) > count(DISTINCT coalesce(class, ''))
), parts AS (
  SELECT sheet, kind,
    out_of_order(list({place: place, line: line, value: lap_time_ms})) AS by_time,
    CASE WHEN count(lap_speed_kmh) = count(*) THEN
      out_of_order(list({place: place, line: line, value: -round(lap_speed_kmh * 10000)::BIGINT})) END AS by_speed
  FROM timed
  GROUP BY sheet, kind, CASE WHEN sheet NOT IN (FROM mixed) THEN class END
), sheets_judged AS (
  SELECT sheet, kind, flatten(list(by_time)) AS by_time, flatten(list(by_speed)) AS by_speed,
    count(by_speed) = count(*) AND len(flatten(list(by_speed))) < len(flatten(list(by_time))) AS speeds_rule
  FROM parts
  GROUP BY sheet, kind
), strays AS (
  SELECT sheet, kind, speeds_rule, unnest(CASE WHEN speeds_rule THEN by_speed ELSE by_time END) AS car
  FROM sheets_judged
)
SELECT 'note' AS severity, sheet, NULL::INTEGER AS line, 'lap_time_ms' AS "column", NULL::VARCHAR AS observed,
  'the order follows the printed speeds (' || len(by_speed) || ' rows do not fit), not the lap times ('
    || len(by_time) || ' do not): the times are of other laps' AS message
FROM sheets_judged
WHERE speeds_rule
UNION ALL
SELECT CASE WHEN strays.kind = 'grid' THEN 'note' ELSE 'warning' END, strays.sheet, strays.car.line,
  CASE WHEN speeds_rule THEN 'lap_speed_kmh' ELSE 'lap_time_ms' END,
  CASE WHEN speeds_rule THEN lap_speed_kmh::VARCHAR ELSE clock(lap_time_ms) END,
  'the car stands out of the order of the ' || CASE WHEN speeds_rule THEN 'printed speeds' ELSE 'lap times' END
FROM strays
JOIN cars ON cars.sheet = strays.sheet AND cars.line = strays.car.line
