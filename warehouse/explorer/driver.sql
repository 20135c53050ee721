-- One row for each of the given driver_ids: the person, all mentions with crew and evidence, and who shared the cars.
WITH mine AS (
  SELECT driven.result_id, driven.seat, driven.driver_id, driven.name_text, driven.nominated, driven.link_method,
    results.sheet_id, results.line, results.event_id, results.season, results.kind, results.section, results.position,
    results.status, results.car_number, results.car, results.make, results.entrant, results.class,
    results.class_position, results.laps, results.lap_time_ms
  FROM driver_results AS driven
  JOIN results ON results.result_id = driven.result_id
  WHERE driven.driver_id IN $ids
), crews AS (
  SELECT result_id, list({driver_id: driver_id, name: name_text, nominated: nominated, method: link_method}
    ORDER BY seat) AS crew
  FROM driver_results
  WHERE result_id IN (SELECT result_id FROM mine)
  GROUP BY result_id
), considered AS (
  SELECT result_id, seat, points, runner_up, evidence, unnest(candidates) AS candidate, generate_subscripts(candidates, 1) AS rank
  FROM driver_links
  WHERE (result_id, seat) IN (SELECT (result_id, seat) FROM mine)
), candidates AS (
  SELECT considered.result_id, considered.seat,
    list({driver_id: drivers.driver_id, name: drivers.driver} ORDER BY considered.rank) AS candidates
  FROM considered
  JOIN drivers ON drivers.driver_id = considered.candidate
  GROUP BY considered.result_id, considered.seat
), mentions AS (
  SELECT mine.driver_id,
    list({
      event_id: mine.event_id, event: coalesce(events.name, mine.event_id, mine.sheet_id), circuit: events.circuit,
      series: events.series, season: mine.season, start_date: events.start_date, sheet_id: mine.sheet_id,
      line: mine.line, kind: mine.kind, section: mine.section, position: mine.position, field: sheets.results,
      status: mine.status, class: mine.class, class_position: mine.class_position, car_number: mine.car_number,
      car: mine.car, make: mine.make, entrant: mine.entrant, laps: mine.laps, lap_time_ms: mine.lap_time_ms,
      name: mine.name_text, nominated: mine.nominated, method: mine.link_method, points: links.points,
      runner_up: links.runner_up, evidence: links.evidence, candidates: coalesce(candidates.candidates, []),
      crew: crews.crew
    } ORDER BY mine.season, events.start_date, mine.sheet_id, mine.line) AS mentions
  FROM mine
  JOIN crews ON crews.result_id = mine.result_id
  JOIN sheets ON sheets.sheet_id = mine.sheet_id
  LEFT JOIN events ON events.event_id = mine.event_id
  LEFT JOIN driver_links AS links ON links.result_id = mine.result_id AND links.seat = mine.seat
  LEFT JOIN candidates ON candidates.result_id = mine.result_id AND candidates.seat = mine.seat
  GROUP BY mine.driver_id
)
SELECT careers.* EXCLUDE (mentions), drivers.names, drivers.name_form, mentions.mentions
FROM driver_careers AS careers
JOIN drivers ON drivers.driver_id = careers.driver_id
JOIN mentions ON mentions.driver_id = careers.driver_id
WHERE careers.driver_id IN $ids
