-- title: What a result counts for, driver by driver
-- grain: one driver in one car in one sheet
-- key: result_id, seat
-- counts: As honours does, for each driver of the crew; a nominated driver has no part in any of it.
-- identified (flag): The name is tied to one person; false for a surname or initials that may be one of several.
-- certain (flag): Tied by the full name or by a human decision, not by evidence.
-- started (flag): The driver's car took part in a race, and the driver was not merely nominated.
-- finished (flag): Started, and the car was classified.
-- finish (ordinal): Overall position of the car, if the driver finished.
-- won (flag): Started, and the car was classified first.
-- podium (flag): Started, and the car was classified among the first three.
-- class_won (flag): Started, and the car was classified first of its class.
-- pole (flag): The car had pole, and the driver was not merely nominated.
SELECT driven.result_id, driven.seat, driven.driver_id, driven.driver, driven.link_method,
  coalesce(driven.link_method NOT IN ('ambiguous', 'unresolved'), false) AS identified,
  coalesce(driven.link_method IN ('name', 'decision'), false) AS certain,
  driven.event_id, driven.season, driven.sheet_id, driven.kind, driven.position, honours.rank, driven.class, driven.class_position,
  driven.car_number, driven.car_id, driven.make, driven.entrant_id, driven.laps, driven.nominated,
  honours.started AND NOT driven.nominated AS started,
  honours.finished AND NOT driven.nominated AS finished,
  CASE WHEN NOT driven.nominated THEN honours.finish END AS finish,
  honours.won AND NOT driven.nominated AS won,
  honours.podium AND NOT driven.nominated AS podium,
  honours.class_won AND NOT driven.nominated AS class_won,
  honours.pole AND NOT driven.nominated AS pole
FROM driver_results AS driven
JOIN honours ON honours.result_id = driven.result_id
