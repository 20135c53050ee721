-- title: What a result counts for
-- grain: one car in one sheet
-- key: result_id
-- counts: Starts, finishes, wins, podiums and class wins in races only; poles in grids, and in qualifying where the event has no grid. Two cars that share a position both count. Where several sections of a sheet number anew, as by class, only the first of them ranks overall.
-- started (flag): The car took part in a race: classified or not, stopped or disqualified, or with laps to its name.
-- finished (flag): Classified in a race.
-- finish (ordinal): Overall position of a car that finished.
-- won (flag): Classified first in a race.
-- podium (flag): Classified among the first three in a race.
-- class_won (flag): Classified first of its class in a race.
-- pole (flag): First on a grid; where an event has no grid, first in its qualifying, of several the fastest.
WITH anew AS (
  SELECT sheet_id, arg_min(coalesce(section, ''), line) AS first_section
  FROM results
  WHERE position = 1
  GROUP BY sheet_id
  HAVING count(DISTINCT coalesce(section, '')) > 1
), ranked AS (
  SELECT results.*,
    CASE WHEN coalesce(results.section, '') = coalesce(anew.first_section, results.section, '') THEN position END AS rank,
    kind = 'race' AND (status IN ('classified', 'not_classified', 'did_not_finish', 'disqualified')
      OR status = 'unknown' AND laps > 0) AS started,
    kind = 'race' AND status = 'classified' AS finished
  FROM results
  LEFT JOIN anew ON anew.sheet_id = results.sheet_id
), firsts AS (
  SELECT result_id, kind, lap_time_ms,
    bool_or(kind = 'grid') OVER event AS has_grid,
    count(DISTINCT sheet_id) OVER event AS sheets,
    min(lap_time_ms) OVER event AS fastest
  FROM ranked
  WHERE kind IN ('grid', 'qualifying') AND rank = 1
  WINDOW event AS (PARTITION BY coalesce(event_id, sheet_id))
), poles AS (
  SELECT result_id
  FROM firsts
  WHERE CASE WHEN has_grid THEN kind = 'grid' ELSE sheets = 1 OR lap_time_ms = fastest END
)
SELECT ranked.result_id, ranked.sheet_id, ranked.event_id, ranked.season, ranked.kind,
  coalesce(ranked.started, false) AS started,
  coalesce(ranked.finished, false) AS finished,
  CASE WHEN ranked.finished THEN ranked.rank END AS finish,
  coalesce(ranked.finished AND ranked.rank = 1, false) AS won,
  coalesce(ranked.finished AND ranked.rank <= 3, false) AS podium,
  coalesce(ranked.finished AND ranked.class_position = 1, false) AS class_won,
  poles.result_id IS NOT NULL AS pole
FROM ranked
LEFT JOIN poles ON poles.result_id = ranked.result_id
