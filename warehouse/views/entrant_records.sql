-- title: Entrants
-- grain: one entrant
-- key: entrant_id
-- counts: Cars, each once, however many drove it.
SELECT records.subject AS entrant_id, entrants.entrant, records.events, records.starts, records.finishes, records.wins,
  records.podiums, records.class_wins, records.poles, records.makes,
  coalesce(persons.drivers, 0) AS drivers,
  coalesce(persons.open_names, 0) AS open_names,
  records.first_season, records.last_season
FROM records(entrant_id) AS records
JOIN entrants ON entrants.entrant_id = records.subject
LEFT JOIN persons(entrant_id) AS persons ON persons.subject = records.subject
ORDER BY wins DESC, starts DESC, events DESC, entrants.entrant_id
