-- One row a make, those with most cars first: its record, and its cars and wins season by season.
WITH by_sheet AS (
  SELECT results.make, results.season, results.event_id,
    list(DISTINCT results.car_number) AS numbers,
    count(*) - count(results.car_number) AS unnumbered,
    count(*) FILTER (honours.won) AS wins
  FROM results
  JOIN honours ON honours.result_id = results.result_id
  WHERE results.make IS NOT NULL AND results.season IS NOT NULL
  GROUP BY results.make, results.season, results.event_id, results.sheet_id
), by_event AS (
  SELECT make, season, len(list_distinct(flatten(list(numbers)))) + max(unnumbered) AS cars, sum(wins) AS wins
  FROM by_sheet
  GROUP BY make, season, event_id
), by_season AS (
  SELECT make, season, sum(cars)::BIGINT AS cars, sum(wins)::BIGINT AS wins
  FROM by_event
  GROUP BY make, season
), lists AS (
  SELECT make, sum(cars)::BIGINT AS cars, list({season: season, cars: cars, wins: wins} ORDER BY season) AS seasons
  FROM by_season
  GROUP BY make
)
SELECT records.make, coalesce(lists.cars, 0) AS cars, records.events, records.starts, records.finishes, records.wins,
  records.podiums, records.class_wins, records.poles, records.drivers, records.first_season, records.last_season,
  coalesce(lists.seasons, []) AS seasons
FROM make_records AS records
LEFT JOIN lists ON lists.make = records.make
ORDER BY cars DESC, records.starts DESC, records.make
LIMIT $most
