-- Every car that is printed is counted once, however many drove it.
SELECT sum(starts) AS starts, sum(wins) AS wins
FROM car_records
HAVING coalesce(sum(starts), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.started AND results.car_id IS NOT NULL)
  OR coalesce(sum(wins), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.won AND results.car_id IS NOT NULL)
  OR coalesce(sum(poles), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.pole AND results.car_id IS NOT NULL)
