-- Every car with a class is counted once.
SELECT sum(starts) AS starts
FROM class_records
HAVING coalesce(sum(starts), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.started AND results.class IS NOT NULL)
  OR coalesce(sum(class_wins), 0) <> (
    SELECT count(*) FROM honours JOIN results USING (result_id) WHERE honours.class_won AND results.class IS NOT NULL)
