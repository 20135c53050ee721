-- Every driver of every car has one row of honours, and a nominated one has none of them.
SELECT driven.result_id, driven.seat, count(honours.seat) AS there
FROM driver_results AS driven
LEFT JOIN driver_honours AS honours ON honours.result_id = driven.result_id AND honours.seat = driven.seat
GROUP BY driven.result_id, driven.seat
HAVING count(honours.seat) <> 1
  OR bool_or(driven.nominated AND (honours.started OR honours.finished OR honours.won OR honours.podium OR honours.class_won OR honours.pole))
