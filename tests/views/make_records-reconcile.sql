-- Every car with a known make is counted once, however many drove it.
SELECT sum(starts) AS starts, sum(wins) AS wins
FROM make_records
HAVING coalesce(sum(starts), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.started AND results.make IS NOT NULL)
  OR coalesce(sum(wins), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.won AND results.make IS NOT NULL)
  OR coalesce(sum(poles), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.pole AND results.make IS NOT NULL)
