-- No lap of the same circuit, length and kind of session was faster than the record.
SELECT records.result_id, results.result_id AS faster
FROM circuit_records AS records
JOIN events ON events.circuit = records.circuit AND events.circuit_km IS NOT DISTINCT FROM records.circuit_km
JOIN results ON results.event_id = events.event_id AND results.kind = records.kind
WHERE results.lap_time_ms < records.lap_time_ms
