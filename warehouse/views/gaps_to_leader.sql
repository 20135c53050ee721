-- title: Gaps to the leader and to the class leader
-- grain: one car in one sheet
-- key: result_id
-- counts: Cars with a position. The leader is the car in the first position printed; of two that share it, the upper one. Sections that number anew (split_rankings) have a leader each. A gap is null where what it needs is not printed.
-- laps_behind (laps): Laps fewer than the leader of the race; null in practice and qualifying, where laps say who was out for longer.
-- ms_behind (ms): Race time behind the leader, for cars with as many laps.
-- lap_ms_behind (ms): Lap time over the leader's; below zero where the leader's lap was not the fastest, as on a grid whose order is not that of the times.
-- class_laps_behind (laps): Laps fewer than the best placed car of the class, in races.
-- class_ms_behind (ms): Race time behind the best placed car of the class, for cars with as many laps.
-- class_lap_ms_behind (ms): Lap time over that of the best placed car of the class.
-- lap_ms_off_best (ms): Lap time over the best one among the cars with the same leader.
WITH placed AS (
  SELECT results.*,
    CASE WHEN split.sheet_id IS NOT NULL THEN coalesce(results.section, '') END AS ranking,
    {laps: laps, race_time_ms: race_time_ms, lap_time_ms: lap_time_ms} AS printed
  FROM results
  LEFT JOIN split_rankings AS split ON split.sheet_id = results.sheet_id
  WHERE results.position IS NOT NULL
), led AS (
  SELECT *,
    first_value(printed) OVER (sheet ORDER BY position, line) AS leader,
    CASE WHEN class IS NOT NULL THEN first_value(printed) OVER (in_class ORDER BY position, line) END AS class_leader,
    min(lap_time_ms) OVER sheet AS best_lap_ms
  FROM placed
  WINDOW sheet AS (PARTITION BY event_id, sheet_id, ranking), in_class AS (PARTITION BY event_id, sheet_id, ranking, class)
)
SELECT result_id, sheet_id, event_id, season, kind, position, class, class_position, car_number, car, laps, lap_time_ms,
  CASE WHEN kind IN ('race', 'unknown') THEN leader.laps - laps END AS laps_behind,
  CASE WHEN laps IS NOT DISTINCT FROM leader.laps THEN race_time_ms - leader.race_time_ms END AS ms_behind,
  lap_time_ms - leader.lap_time_ms AS lap_ms_behind,
  CASE WHEN kind IN ('race', 'unknown') THEN class_leader.laps - laps END AS class_laps_behind,
  CASE WHEN laps IS NOT DISTINCT FROM class_leader.laps
    THEN race_time_ms - class_leader.race_time_ms END AS class_ms_behind,
  lap_time_ms - class_leader.lap_time_ms AS class_lap_ms_behind,
  lap_time_ms - best_lap_ms AS lap_ms_off_best
FROM led
ORDER BY sheet_id, position, line
