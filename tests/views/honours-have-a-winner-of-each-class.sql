-- Wherever cars of a class are classified behind a listed winner of the race, one of them won the class.
SELECT results.sheet_id, results.class
FROM results
JOIN honours ON honours.result_id = results.result_id
WHERE honours.finish IS NOT NULL AND results.class IS NOT NULL
  AND results.sheet_id IN (SELECT sheet_id FROM honours WHERE won)
GROUP BY results.sheet_id, results.class
HAVING count(results.class_position) = 0 AND NOT bool_or(honours.class_won)
