-- All events: one row an event, the latest first, with its name, place and circuit folded into one text.
SELECT events.event_id, coalesce(events.name, events.event_id) AS name, events.series, events.season,
  events.start_date, events.circuit, events.country,
  coalesce(list_sort(list(DISTINCT results.kind)), []) AS kinds,
  count(DISTINCT results.car_number) AS cars,
  ' ' || fold(concat_ws(' ', events.name, events.season, events.series, events.circuit, events.country,
    replace(events.event_id, '/', ' '))) AS folded
FROM events
LEFT JOIN results ON results.event_id = events.event_id
GROUP BY ALL
ORDER BY events.season DESC NULLS LAST, events.start_date DESC NULLS LAST, events.event_id
