-- The drivers and events of which every given word begins a word, accents optional.
WITH words AS (
  SELECT unnest(string_split(fold($text), ' ')) AS word
), drivers_found AS (
  SELECT driver_id, driver, first_season, last_season, events, identified
  FROM people
  WHERE fold($text) <> '' AND NOT EXISTS (FROM words WHERE NOT contains(people.folded, ' ' || word))
  ORDER BY identified DESC, events DESC, mentions DESC, driver_id
  LIMIT 12
), events_found AS (
  SELECT event_id, name, season, circuit
  FROM programme
  WHERE fold($text) <> '' AND NOT EXISTS (FROM words WHERE NOT contains(programme.folded, ' ' || word))
  ORDER BY season DESC NULLS LAST, start_date DESC NULLS LAST, event_id
  LIMIT 6
)
SELECT coalesce((SELECT list(found) FROM drivers_found AS found), []) AS drivers,
  coalesce((SELECT list(found) FROM events_found AS found), []) AS events
