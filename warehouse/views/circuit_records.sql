-- title: Best laps of circuits
-- grain: one car that holds the best printed lap of a circuit of one length, in one kind of session
-- key: circuit, circuit_km, kind, result_id
-- counts: Printed lap times, of known circuits only; equal laps are all listed. lap_time_of says what the sheet's lap times are.
-- lap_kmh (km/h): Speed of the lap, from the circuit's length and the time.
SELECT events.circuit, events.circuit_km, results.kind, results.lap_time_ms,
  round(events.circuit_km * 3600000 / results.lap_time_ms, 3) AS lap_kmh,
  sheets.lap_time_of, results.event_id, results.season, results.class, results.car_number, results.crew, results.car,
  results.make, results.result_id
FROM results
JOIN events ON events.event_id = results.event_id
JOIN sheets ON sheets.sheet_id = results.sheet_id
WHERE events.circuit IS NOT NULL AND results.lap_time_ms > 0
QUALIFY rank() OVER (PARTITION BY events.circuit, events.circuit_km, results.kind ORDER BY results.lap_time_ms) = 1
ORDER BY events.circuit, events.circuit_km, results.kind, results.sheet_id, results.line
