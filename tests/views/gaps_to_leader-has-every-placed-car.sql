-- Every car with a position has one row.
SELECT results.result_id, gaps.result_id AS gap
FROM (FROM results WHERE position IS NOT NULL) AS results
FULL JOIN gaps_to_leader AS gaps ON gaps.result_id = results.result_id
WHERE results.result_id IS NULL OR gaps.result_id IS NULL
