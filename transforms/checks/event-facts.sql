-- Every event states what it was, when and where, and every sheet with lap times which laps they are.
WITH facts AS (
  SELECT events.event_id, unnest(['name', 'series', 'season', 'start_date', 'circuit', 'circuit_km', 'country']) AS fact,
    unnest([name IS NULL, series IS NULL, season IS NULL, start_date IS NULL, circuit IS NULL, circuit_km IS NULL,
      country IS NULL]) AS missing
  FROM events
), lacking AS (
  SELECT event_id, list(fact) FILTER (missing) AS facts FROM facts GROUP BY event_id HAVING bool_or(missing)
)
SELECT CASE WHEN list_contains(facts, 'season') THEN 'warning' ELSE 'note' END AS severity, event_id,
  NULL::VARCHAR AS sheet, array_to_string(facts, ', ') AS expected,
  CASE WHEN len(facts) = 7 THEN 'nothing is known of the event: say in event.toml its ' || array_to_string(facts, ', ')
       ELSE 'event.toml does not state ' || array_to_string(facts, ', ') END AS message
FROM lacking
UNION ALL
SELECT 'note', sheets.event_id, sheets.sheet, 'lap_time_of',
  'event.toml does not state which lap the lap times of this sheet are (lap_time_of)'
FROM sheets
WHERE sheets.lap_time_of IS NULL AND sheets.event_id IS NOT NULL
  AND EXISTS (FROM cars WHERE cars.sheet = sheets.sheet AND cars.lap_time_ms IS NOT NULL)
UNION ALL
SELECT 'note', NULL, sheets.sheet, NULL, 'the sheet belongs to no event: move it into a folder with an event.toml'
FROM sheets
WHERE sheets.event_id IS NULL
