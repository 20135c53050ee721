-- Every car is of a make in the lexicon.
SELECT 'warning' AS severity, sheet, min(line) AS line, 'car' AS "column", car AS observed,
  'the make of ' || car || ' is not known' || CASE WHEN count(*) > 1 THEN ' (' || count(*) || ' cars)' ELSE '' END
    || ': add it to transforms/lexicon/makes.csv' AS message
FROM cars
WHERE car IS NOT NULL AND make IS NULL
GROUP BY sheet, car
