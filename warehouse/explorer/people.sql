-- Who can be searched for: one row a driver_id, with all spellings folded into one text.
SELECT drivers.driver_id, drivers.driver, drivers.first_season, drivers.last_season,
  count(driven.result_id) AS mentions,
  count(DISTINCT driven.event_id) AS events,
  coalesce(bool_or(driven.link_method NOT IN ('ambiguous', 'unresolved')), false) AS identified,
  ' ' || fold(array_to_string(list_append(drivers.names, drivers.driver), ' ')) AS folded
FROM drivers
LEFT JOIN driver_results AS driven ON driven.driver_id = drivers.driver_id
GROUP BY ALL
ORDER BY identified DESC, events DESC, mentions DESC, drivers.driver_id
