-- title: What a result counts for
-- grain: one car in one sheet
-- key: result_id
-- counts: Starts, finishes, wins, podiums and class wins in races only; poles in grids, and in qualifying where the event has no grid. Two cars that share a position both count.
-- started (flag): The car took part in a race: classified or not, stopped or disqualified, or with laps to its name.
-- finished (flag): Classified in a race.
-- won (flag): Classified first in a race.
-- podium (flag): Classified among the first three in a race.
-- class_won (flag): Classified first of its class in a race.
-- pole (flag): First on a grid; where an event has no grid, first in its qualifying, of several the fastest.
WITH firsts AS (
  SELECT result_id, event_id, kind, lap_time_ms,
    bool_or(kind = 'grid') OVER event AS has_grid,
    count(DISTINCT sheet_id) OVER event AS sheets,
    min(lap_time_ms) OVER event AS fastest
  FROM results
  WHERE kind IN ('grid', 'qualifying') AND position = 1
  WINDOW event AS (PARTITION BY coalesce(event_id, sheet_id))
), poles AS (
  SELECT result_id
  FROM firsts
  WHERE CASE WHEN has_grid THEN kind = 'grid' ELSE sheets = 1 OR lap_time_ms = fastest END
), races AS (
  SELECT result_id,
    kind = 'race' AND (status IN ('classified', 'not_classified', 'did_not_finish', 'disqualified')
      OR status = 'unknown' AND laps > 0) AS started,
    kind = 'race' AND status = 'classified' AS finished
  FROM results
)
SELECT results.result_id, results.sheet_id, results.event_id, results.season, results.kind,
  coalesce(races.started, false) AS started,
  coalesce(races.finished, false) AS finished,
  coalesce(races.finished AND results.position = 1, false) AS won,
  coalesce(races.finished AND results.position <= 3, false) AS podium,
  coalesce(races.finished AND results.class_position = 1, false) AS class_won,
  poles.result_id IS NOT NULL AS pole
FROM results
JOIN races ON races.result_id = results.result_id
LEFT JOIN poles ON poles.result_id = results.result_id
