-- title: Two makes against each other
-- macro: makes_head_to_head(one, two)
-- grain: one race that cars of both makes started
-- counts: The best placed classified car of each make; level where both are first, as a printed tie.
-- cars (count): Cars of the first make that started.
-- rival_cars (count): Cars of the other make that started.
-- best_finish (ordinal): Best position of the first make.
-- rival_best_finish (ordinal): Best position of the other make.
-- ahead: The make whose best car finished ahead; null where neither did.
WITH raced AS (
  SELECT results.sheet_id, results.event_id, results.season, results.make,
    count(*) AS cars,
    min(honours.finish) AS best_finish
  FROM results
  JOIN honours ON honours.result_id = results.result_id
  WHERE honours.started
  GROUP BY results.sheet_id, results.event_id, results.season, results.make
)
SELECT mine.season, mine.event_id, mine.sheet_id, mine.cars, theirs.cars AS rival_cars, mine.best_finish,
  theirs.best_finish AS rival_best_finish,
  CASE WHEN mine.best_finish < coalesce(theirs.best_finish, 2147483647) THEN mine.make
       WHEN theirs.best_finish < coalesce(mine.best_finish, 2147483647) THEN theirs.make END AS ahead
FROM raced AS mine
JOIN raced AS theirs ON theirs.sheet_id = mine.sheet_id
WHERE fold(mine.make) = fold(one) AND fold(theirs.make) = fold(two)
ORDER BY mine.season, mine.sheet_id
