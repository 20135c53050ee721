-- title: Events at a glance
-- grain: one event
-- key: event_id
-- counts: Cars once per sheet; winners from races, poles from grids or qualifying, best laps as printed.
-- sheets (count): Sheets of the event.
-- kinds (names): What they list.
-- results (count): Rows, one car in one sheet each.
-- cars (count): Different start numbers in all sheets, and the cars without one of the sheet that has most of these.
-- starters (count): Cars that started a race; two races count a car twice.
-- finishers (count): Cars classified in a race; two races count a car twice.
-- winners (names): Car and crew first in each race, race by race.
-- poles (names): Car and crew on pole.
-- best_lap_ms (ms): Best printed lap time of any sheet.
-- best_lap_by: Car and crew of the best printed lap.
-- rejects (count): Lines that could not be read.
-- errors (count): Findings with severity error.
-- warnings (count): Findings with severity warning.
-- notes (count): Findings with severity note.
WITH cars AS (
  SELECT results.event_id, results.sheet_id, results.line, results.car_number, results.lap_time_ms, honours.started, honours.finished,
    honours.won, honours.pole,
    concat_ws(': ', nullif(concat_ws(' ', '#' || results.car_number, results.car), ''),
      CASE WHEN results.crew_size > 0 THEN array_to_string(results.crew, ' / ') END) AS label
  FROM results
  JOIN honours ON honours.result_id = results.result_id
), by_event AS (
  SELECT event_id,
    count(*) AS results,
    count(DISTINCT car_number) AS cars,
    count(*) FILTER (started) AS starters,
    count(*) FILTER (finished) AS finishers,
    list(label ORDER BY sheet_id, line) FILTER (won) AS winners,
    list(label ORDER BY sheet_id, line) FILTER (pole) AS poles,
    min(lap_time_ms) AS best_lap_ms,
    arg_min(label, (lap_time_ms, sheet_id, line)) FILTER (lap_time_ms IS NOT NULL) AS best_lap_by
  FROM cars
  GROUP BY event_id
), unnumbered AS (
  SELECT event_id, max(cars) AS cars
  FROM (SELECT event_id, count(*) - count(car_number) AS cars FROM results GROUP BY event_id, sheet_id)
  GROUP BY event_id
), read AS (
  SELECT event_id, count(*) AS sheets, list_sort(list(DISTINCT kind)) AS kinds, sum(rejects)::BIGINT AS rejects
  FROM sheets
  GROUP BY event_id
), doubts AS (
  SELECT event_id,
    count(*) FILTER (severity = 'error') AS errors,
    count(*) FILTER (severity = 'warning') AS warnings,
    count(*) FILTER (severity = 'note') AS notes
  FROM findings
  GROUP BY event_id
)
SELECT events.event_id, events.name, events.season, events.start_date, events.circuit,
  coalesce(read.sheets, 0) AS sheets,
  coalesce(read.kinds, []) AS kinds,
  coalesce(by_event.results, 0) AS results,
  coalesce(by_event.cars + unnumbered.cars, 0) AS cars,
  coalesce(by_event.starters, 0) AS starters,
  coalesce(by_event.finishers, 0) AS finishers,
  coalesce(persons.drivers, 0) AS drivers,
  coalesce(persons.open_names, 0) AS open_names,
  coalesce(by_event.winners, []) AS winners,
  coalesce(by_event.poles, []) AS poles,
  by_event.best_lap_ms,
  by_event.best_lap_by,
  coalesce(read.rejects, 0) AS rejects,
  coalesce(doubts.errors, 0) AS errors,
  coalesce(doubts.warnings, 0) AS warnings,
  coalesce(doubts.notes, 0) AS notes
FROM events
LEFT JOIN read ON read.event_id = events.event_id
LEFT JOIN by_event ON by_event.event_id = events.event_id
LEFT JOIN unnumbered ON unnumbered.event_id = events.event_id
LEFT JOIN persons(event_id) AS persons ON persons.subject = events.event_id
LEFT JOIN doubts ON doubts.event_id = events.event_id
ORDER BY events.season, events.start_date, events.event_id
