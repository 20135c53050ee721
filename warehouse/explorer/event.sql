-- One row for each of the given events: its facts, its sheets, every car with crew and gaps, and what is in doubt.
WITH crews AS (
  SELECT result_id, list({driver_id: driver_id, name: name_text, nominated: nominated, method: link_method}
    ORDER BY seat) AS crew
  FROM driver_results
  WHERE event_id IN $ids
  GROUP BY result_id
), gaps AS (
  FROM gaps_to_leader
  WHERE event_id IN $ids
), cars AS (
  SELECT results.event_id,
    list({
      sheet_id: results.sheet_id, line: results.line, section: results.section, position: results.position,
      position_text: results.position_text, status: results.status, reason: results.reason,
      car_number: results.car_number, car: results.car, make: results.make, entrant: results.entrant,
      operator: results.operator, class: results.class, class_position: results.class_position, laps: results.laps,
      race_time_ms: results.race_time_ms, lap_time_ms: results.lap_time_ms, lap_number: results.lap_number,
      laps_behind: gaps.laps_behind, ms_behind: gaps.ms_behind, lap_ms_behind: gaps.lap_ms_behind,
      class_laps_behind: gaps.class_laps_behind, class_ms_behind: gaps.class_ms_behind,
      class_lap_ms_behind: gaps.class_lap_ms_behind, crew: coalesce(crews.crew, [])
    } ORDER BY results.sheet_id, results.line) AS cars
  FROM results
  LEFT JOIN crews ON crews.result_id = results.result_id
  LEFT JOIN gaps ON gaps.result_id = results.result_id
  WHERE results.event_id IN $ids
  GROUP BY results.event_id
), read AS (
  SELECT event_id,
    list({sheet_id: sheet_id, path: path, kind: kind, lap_time_of: lap_time_of, name_form: name_form, lines: lines,
      results: results, rejects: rejects} ORDER BY sheet_id) AS sheets
  FROM sheets
  WHERE event_id IN $ids
  GROUP BY event_id
), doubts AS (
  SELECT event_id,
    list({name: "check", severity: severity, sheet_id: sheet_id, line: line, message: message}
      ORDER BY sheet_id, line, "check") AS findings
  FROM findings
  WHERE event_id IN $ids
  GROUP BY event_id
)
SELECT events.*, coalesce(read.sheets, []) AS sheets, coalesce(cars.cars, []) AS cars,
  coalesce(doubts.findings, []) AS findings
FROM events
LEFT JOIN read ON read.event_id = events.event_id
LEFT JOIN cars ON cars.event_id = events.event_id
LEFT JOIN doubts ON doubts.event_id = events.event_id
WHERE events.event_id IN $ids
