-- Every result has one row of honours.
SELECT results.result_id, count(honours.result_id) AS there
FROM results
FULL JOIN honours ON honours.result_id = results.result_id
GROUP BY results.result_id
HAVING count(honours.result_id) <> 1 OR results.result_id IS NULL
