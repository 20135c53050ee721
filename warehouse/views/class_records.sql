-- title: Classes
-- grain: one class of one series
-- key: series, class
-- counts: Cars, each once, however many drove it. The same letters in two series are two classes; an event without a series counts under its own name.
-- series: The series, or the event's name where it belonged to none.
-- events (count): Events with a car of the class in any sheet.
-- starts (count): Cars that started a race.
-- finishes (count): Cars classified in a race.
-- wins (count): Cars of the class first overall in a race.
-- class_wins (count): Cars first of the class in a race; two in one race share it, or one of them is misprinted.
-- makes (names): Makes of its cars.
-- winning_makes (names): Makes that won the class.
-- first_season (year): First season with a car.
-- last_season (year): Last season with a car.
SELECT coalesce(events.series, events.name, results.event_id) AS series,
  results.class,
  count(DISTINCT results.event_id) AS events,
  count(*) FILTER (honours.started) AS starts,
  count(*) FILTER (honours.finished) AS finishes,
  count(*) FILTER (honours.won) AS wins,
  count(*) FILTER (honours.class_won) AS class_wins,
  coalesce(list_sort(list(DISTINCT results.make) FILTER (results.make IS NOT NULL)), []) AS makes,
  coalesce(list_sort(list(DISTINCT results.make) FILTER (honours.class_won AND results.make IS NOT NULL)), []) AS winning_makes,
  min(results.season) AS first_season,
  max(results.season) AS last_season
FROM results
JOIN honours ON honours.result_id = results.result_id
LEFT JOIN events ON events.event_id = results.event_id
WHERE results.class IS NOT NULL
GROUP BY ALL
ORDER BY starts DESC, series, results.class
