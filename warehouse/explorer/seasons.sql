-- One row a season: its events, and the different cars of each event added up.
SELECT season, count(*) AS events, sum(cars)::BIGINT AS cars
FROM programme
WHERE season IS NOT NULL
GROUP BY season
ORDER BY season
