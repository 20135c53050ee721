-- The first car is not behind itself, neither is the first of a class, and nobody is below the best lap.
FROM gaps_to_leader
WHERE position = 1 AND laps_behind <> 0 AND NOT EXISTS (
    FROM results WHERE results.sheet_id = gaps_to_leader.sheet_id AND results.position = 1
      AND results.result_id <> gaps_to_leader.result_id)
  OR lap_ms_off_best < 0
  OR (laps_behind IS NOT NULL AND ms_behind IS NOT NULL AND laps_behind <> 0)
