-- title: Persons of a name
-- macro: drivers_named(wanted)
-- grain: one driver_id
-- counts: A driver_id (or one merged away) names one person; else everybody with a spelling that has all the given words, accents optional.
WITH spelled AS (
  SELECT drivers.driver_id, unnest(list_append(drivers.names, drivers.driver)) AS spelling
  FROM drivers
), by_id AS (
  SELECT driver_id FROM drivers WHERE driver_id = wanted
  UNION
  SELECT driver_id FROM driver_redirects WHERE old_id = wanted
)
SELECT driver_id FROM by_id
UNION
SELECT driver_id
FROM spelled
WHERE NOT EXISTS (FROM by_id) AND fold(wanted) <> ''
  AND list_has_all(string_split(fold(spelling), ' '), string_split(fold(wanted), ' '))
