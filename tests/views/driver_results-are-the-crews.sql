-- Every name of every crew has one row in driver_results, and no row is of no crew.
SELECT results.result_id, results.crew_size, count(driven.seat) AS rows_there
FROM results
FULL JOIN driver_results AS driven ON driven.result_id = results.result_id
GROUP BY results.result_id, results.crew_size
HAVING results.result_id IS NULL OR count(driven.seat) <> results.crew_size OR max(driven.seat) <> results.crew_size
