-- title: Open identities
-- grain: one driver_id that is not tied to a person
-- key: driver_id
-- counts: Mentions that are ambiguous or unresolved, biggest first; `parcferme review` goes through them, seeds/identity.csv settles them.
-- names (names): Spellings printed.
-- methods (names): ambiguous (several persons fit), unresolved (none fits well enough).
-- mentions (count): Driver rows that wait for a decision.
-- events (count): Events with such a row.
-- first_season (year): First season with such a row.
-- last_season (year): Last season with such a row.
-- candidates (ids): Every person considered for one of the rows.
-- points (half bits): The best candidate's highest sum of evidence.
-- example (id): The first such row, to ask `parcferme explain` about.
WITH considered AS (
  SELECT links.result_id, links.seat, driven.driver_id, driven.driver, driven.name_text, links.method, links.points,
    links.candidates, driven.event_id, driven.season
  FROM driver_links AS links
  JOIN driver_results AS driven ON driven.result_id = links.result_id AND driven.seat = links.seat
  WHERE links.method IN ('ambiguous', 'unresolved')
)
SELECT driver_id, driver,
  list_sort(list(DISTINCT name_text)) AS names,
  list_sort(list(DISTINCT method)) AS methods,
  count(*) AS mentions,
  count(DISTINCT event_id) AS events,
  min(season) AS first_season,
  max(season) AS last_season,
  list_sort(list_distinct(flatten(list(candidates)))) AS candidates,
  max(points) AS points,
  min(result_id) AS example
FROM considered
GROUP BY driver_id, driver
ORDER BY mentions DESC, driver_id
