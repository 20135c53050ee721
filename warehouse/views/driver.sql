-- title: One driver's results
-- macro: driver(wanted)
-- grain: one car that the driver shared in one sheet
-- counts: All kinds of sheets, nominations too. Where several persons bear the name, all are listed: driver_id tells them apart, `driver('<driver_id>')` asks for one.
-- crew (names): The crew as printed.
SELECT honours.driver_id, honours.driver, honours.season, honours.event_id, honours.kind, honours.position, results.status,
  honours.class, honours.class_position, honours.car_number, results.car, results.entrant, results.laps,
  results.lap_time_ms, results.crew, honours.nominated, honours.link_method, honours.result_id
FROM driver_honours AS honours
JOIN results ON results.result_id = honours.result_id
WHERE honours.driver_id IN (SELECT named.driver_id FROM drivers_named(wanted) AS named)
ORDER BY honours.driver_id, honours.season, honours.sheet_id, results.line
