-- title: Gaps to the leader and to the class leader
-- grain: one car in one sheet
-- key: result_id
-- counts: Cars of the main table with a position. The leader is the car in the first position printed; of two that share it, the upper one. A gap is null where what it needs is not printed.
-- laps_behind (laps): Laps fewer than the leader of the race.
-- ms_behind (ms): Race time behind the leader, for cars with as many laps.
-- lap_ms_behind (ms): Lap time over the leader's; below zero where the leader's lap was not the fastest, as on a grid whose order is not that of the times.
-- class_laps_behind (laps): Laps fewer than the best placed car of the class.
-- class_ms_behind (ms): Race time behind the best placed car of the class, for cars with as many laps.
-- class_lap_ms_behind (ms): Lap time over that of the best placed car of the class.
-- lap_ms_off_best (ms): Lap time over the best one in the sheet.
WITH placed AS (
  SELECT *,
    first_value(result_id) OVER (PARTITION BY sheet_id ORDER BY position, line) AS leader_id,
    CASE WHEN class IS NOT NULL
      THEN first_value(result_id) OVER (PARTITION BY sheet_id, class ORDER BY position, line) END AS class_leader_id,
    min(lap_time_ms) OVER (PARTITION BY sheet_id) AS best_lap_ms
  FROM results
  WHERE position IS NOT NULL AND section IS NULL
)
SELECT car.result_id, car.sheet_id, car.event_id, car.season, car.kind, car.position, car.class, car.class_position,
  car.car_number, car.car, car.laps, car.lap_time_ms,
  leader.laps - car.laps AS laps_behind,
  CASE WHEN car.laps IS NOT DISTINCT FROM leader.laps THEN car.race_time_ms - leader.race_time_ms END AS ms_behind,
  car.lap_time_ms - leader.lap_time_ms AS lap_ms_behind,
  class_leader.laps - car.laps AS class_laps_behind,
  CASE WHEN car.laps IS NOT DISTINCT FROM class_leader.laps
    THEN car.race_time_ms - class_leader.race_time_ms END AS class_ms_behind,
  car.lap_time_ms - class_leader.lap_time_ms AS class_lap_ms_behind,
  car.lap_time_ms - car.best_lap_ms AS lap_ms_off_best
FROM placed AS car
JOIN placed AS leader ON leader.result_id = car.leader_id
LEFT JOIN placed AS class_leader ON class_leader.result_id = car.class_leader_id
ORDER BY car.sheet_id, car.position, car.line
