-- All events: one row an event, the latest first, with its name, place and circuit folded into one text.
WITH unnumbered AS (
  SELECT event_id, max(cars) AS cars
  FROM (SELECT event_id, count(*) - count(car_number) AS cars FROM results GROUP BY event_id, sheet_id)
  GROUP BY event_id
), entered AS (
  SELECT event_id, count(*) AS results, count(DISTINCT car_number) AS cars, list_sort(list(DISTINCT kind)) AS kinds
  FROM results
  GROUP BY event_id
)
SELECT events.event_id, coalesce(events.name, events.event_id) AS name, events.series, events.season,
  events.start_date, events.circuit, events.country, coalesce(entered.kinds, []) AS kinds,
  coalesce(entered.results, 0) AS results, coalesce(entered.cars + unnumbered.cars, 0) AS cars,
  ' ' || fold(concat_ws(' ', events.name, events.season, events.series, events.circuit, events.country,
    replace(events.event_id, '/', ' '))) AS folded
FROM events
LEFT JOIN entered ON entered.event_id = events.event_id
LEFT JOIN unnumbered ON unnumbered.event_id = events.event_id
ORDER BY events.season DESC NULLS LAST, events.start_date DESC NULLS LAST, events.event_id
