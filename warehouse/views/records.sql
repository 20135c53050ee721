-- title: Records by whatever results say of a car
-- macro: records(subject)
-- grain: one value of the column asked for, such as `records(operator)` or `records(engine_make)`
-- counts: Cars, each once, however many drove it; those of which the column says nothing are in no row.
-- subject: The value, as text.
-- events (count): Events with such a car in any sheet.
-- starts (count): Cars that started a race.
-- finishes (count): Cars classified in a race.
-- wins (count): Cars first in a race.
-- podiums (count): Cars among the first three of a race; three in one race are three.
-- class_wins (count): Cars first of their class in a race.
-- poles (count): Cars on pole, from grids and qualifying.
-- makes (names): Makes of the cars.
-- models (names): Models, as printed.
-- first_season (year): First season with such a car.
-- last_season (year): Last season with such a car.
SELECT CAST(subject AS VARCHAR) AS subject,
  count(DISTINCT results.event_id) AS events,
  count(*) FILTER (honours.started) AS starts,
  count(*) FILTER (honours.finished) AS finishes,
  count(*) FILTER (honours.won) AS wins,
  count(*) FILTER (honours.podium) AS podiums,
  count(*) FILTER (honours.class_won) AS class_wins,
  count(*) FILTER (honours.pole) AS poles,
  coalesce(list_sort(list(DISTINCT results.make) FILTER (results.make IS NOT NULL)), []) AS makes,
  coalesce(list_sort(list(DISTINCT results.model) FILTER (results.model IS NOT NULL)), []) AS models,
  min(results.season) AS first_season,
  max(results.season) AS last_season
FROM results
JOIN (SELECT result_id AS id, started, finished, won, podium, class_won, pole FROM honours) AS honours ON honours.id = results.result_id
WHERE subject IS NOT NULL
GROUP BY 1
