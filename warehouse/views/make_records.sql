-- title: Makes
-- grain: one make
-- key: make
-- counts: Cars, each once, however many drove it; a car of unknown make is in no row (findings name them).
-- events (count): Events with a car in any sheet.
-- starts (count): Cars that started a race.
-- finishes (count): Cars classified in a race.
-- wins (count): Cars first in a race.
-- podiums (count): Cars among the first three of a race; three in one race are three.
-- class_wins (count): Cars first of their class in a race.
-- poles (count): Cars on pole, from grids and qualifying.
-- models (names): Models, as printed.
-- drivers (count): Persons printed in a crew of the make, nominated ones too; names tied to nobody are left out.
-- open_names (count): Names tied to nobody, that may be one of these persons or others.
-- first_season (year): First season with a car.
-- last_season (year): Last season with a car.
WITH people AS (
  SELECT make,
    count(DISTINCT driver_id) FILTER (identified) AS drivers,
    count(DISTINCT coalesce(driver_id, result_id || '/' || seat)) FILTER (NOT identified) AS open_names
  FROM driver_honours
  GROUP BY make
)
SELECT results.make,
  count(DISTINCT results.event_id) AS events,
  count(*) FILTER (honours.started) AS starts,
  count(*) FILTER (honours.finished) AS finishes,
  count(*) FILTER (honours.won) AS wins,
  count(*) FILTER (honours.podium) AS podiums,
  count(*) FILTER (honours.class_won) AS class_wins,
  count(*) FILTER (honours.pole) AS poles,
  coalesce(list_sort(list(DISTINCT results.model) FILTER (results.model IS NOT NULL)), []) AS models,
  coalesce(any_value(people.drivers), 0) AS drivers,
  coalesce(any_value(people.open_names), 0) AS open_names,
  min(results.season) AS first_season,
  max(results.season) AS last_season
FROM results
JOIN honours ON honours.result_id = results.result_id
LEFT JOIN people ON people.make = results.make
WHERE results.make IS NOT NULL
GROUP BY results.make
ORDER BY wins DESC, starts DESC, events DESC, results.make
