-- title: Entrants
-- grain: one entrant
-- key: entrant_id
-- counts: Cars, each once, however many drove it.
-- events (count): Events with a car in any sheet.
-- starts (count): Cars that started a race.
-- finishes (count): Cars classified in a race.
-- wins (count): Cars first in a race.
-- podiums (count): Cars among the first three of a race; three in one race are three.
-- class_wins (count): Cars first of their class in a race.
-- poles (count): Cars on pole, from grids and qualifying.
-- makes (names): Makes of its cars.
-- drivers (count): Persons printed in a crew of the entrant, nominated ones too; names tied to nobody are left out.
-- open_names (count): Names tied to nobody, that may be one of these persons or others.
-- first_season (year): First season with a car.
-- last_season (year): Last season with a car.
WITH people AS (
  SELECT entrant_id,
    count(DISTINCT driver_id) FILTER (identified) AS drivers,
    count(DISTINCT coalesce(driver_id, result_id || '/' || seat)) FILTER (NOT identified) AS open_names
  FROM driver_honours
  GROUP BY entrant_id
)
SELECT results.entrant_id,
  any_value(entrants.entrant) AS entrant,
  count(DISTINCT results.event_id) AS events,
  count(*) FILTER (honours.started) AS starts,
  count(*) FILTER (honours.finished) AS finishes,
  count(*) FILTER (honours.won) AS wins,
  count(*) FILTER (honours.podium) AS podiums,
  count(*) FILTER (honours.class_won) AS class_wins,
  count(*) FILTER (honours.pole) AS poles,
  coalesce(list_sort(list(DISTINCT results.make) FILTER (results.make IS NOT NULL)), []) AS makes,
  coalesce(any_value(people.drivers), 0) AS drivers,
  coalesce(any_value(people.open_names), 0) AS open_names,
  min(results.season) AS first_season,
  max(results.season) AS last_season
FROM results
JOIN honours ON honours.result_id = results.result_id
JOIN entrants ON entrants.entrant_id = results.entrant_id
LEFT JOIN people ON people.entrant_id = results.entrant_id
GROUP BY results.entrant_id
ORDER BY wins DESC, starts DESC, events DESC, results.entrant_id
