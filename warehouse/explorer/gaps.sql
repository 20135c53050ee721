-- The gaps of all cars: what gaps_to_leader gives, kept because it compares whole sheets whatever it is asked.
SELECT result_id, laps_behind, ms_behind, lap_ms_behind, class_laps_behind, class_ms_behind, class_lap_ms_behind
FROM gaps_to_leader
