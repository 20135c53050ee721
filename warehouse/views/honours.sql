-- title: What a result counts for
-- grain: one car in one sheet
-- key: result_id
-- counts: Starts, finishes, wins, podiums and class wins in races only; poles in grids, and in qualifying where the event has no grid. Two cars that share a position both count. Where several sections of a sheet number anew (split_rankings), only the first of them ranks overall.
-- started (flag): The car took part in a race: classified or not, stopped or disqualified, or with laps to its name.
-- finished (flag): Classified in a race.
-- rank (ordinal): Overall position in the sheet; null in sections that number anew behind the first.
-- finish (ordinal): Overall position of a car that finished.
-- won (flag): Classified first in a race.
-- podium (flag): Classified among the first three in a race.
-- class_won (flag): Classified first of its class in a race; where a sheet prints no places in a class, the best placed classified car of the class, if the overall winner is listed, too.
-- pole (flag): First on a grid; where an event has no grid, first in its qualifying, of several the fastest.
WITH ranked AS (
  SELECT results.*,
    CASE WHEN coalesce(results.section, '') = coalesce(split.first_section, results.section, '') THEN position END AS rank,
    kind = 'race' AND (status IN ('classified', 'not_classified', 'did_not_finish', 'disqualified')
      OR status = 'unknown' AND laps > 0) AS started,
    kind = 'race' AND status = 'classified' AS finished
  FROM results
  LEFT JOIN split_rankings AS split ON split.sheet_id = results.sheet_id
), classes AS (
  SELECT sheet_id, class, min(rank) AS best
  FROM ranked
  WHERE finished AND class IS NOT NULL AND sheet_id IN (SELECT sheet_id FROM ranked WHERE rank = 1)
  GROUP BY sheet_id, class
  HAVING count(class_position) = 0
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
  ranked.rank,
  CASE WHEN ranked.finished THEN ranked.rank END AS finish,
  coalesce(ranked.finished AND ranked.rank = 1, false) AS won,
  coalesce(ranked.finished AND ranked.rank <= 3, false) AS podium,
  ranked.finished AND coalesce(ranked.class_position = 1, ranked.rank = classes.best, false) AS class_won,
  poles.result_id IS NOT NULL AS pole
FROM ranked
LEFT JOIN poles ON poles.result_id = ranked.result_id
LEFT JOIN classes ON classes.sheet_id = ranked.sheet_id AND classes.class = ranked.class
