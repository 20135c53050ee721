-- Who can be searched for: one row a driver_id, with all spellings folded into one text, the most often seen first.
WITH seen AS (
  SELECT driver_id, count(*) AS mentions, count(DISTINCT event_id) AS events,
    coalesce(bool_or(link_method NOT IN ('ambiguous', 'unresolved')), false) AS identified
  FROM driver_results
  GROUP BY driver_id
)
SELECT drivers.driver_id, drivers.driver, drivers.first_season, drivers.last_season, seen.mentions, seen.events,
  seen.identified, ' ' || fold(array_to_string(list_append(drivers.names, drivers.driver), ' ')) AS folded
FROM drivers
JOIN seen ON seen.driver_id = drivers.driver_id
ORDER BY seen.identified DESC, seen.events DESC, seen.mentions DESC, drivers.driver_id
