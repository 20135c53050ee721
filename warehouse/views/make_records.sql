-- title: Makes
-- grain: one make
-- key: make
-- counts: Cars, each once, however many drove it; a car of unknown make is in no row (findings name them).
SELECT records.subject AS make, records.events, records.starts, records.finishes, records.wins, records.podiums,
  records.class_wins, records.poles, records.models,
  coalesce(persons.drivers, 0) AS drivers,
  coalesce(persons.open_names, 0) AS open_names,
  records.first_season, records.last_season
FROM records(make) AS records
LEFT JOIN persons(make) AS persons ON persons.subject = records.subject
ORDER BY wins DESC, starts DESC, events DESC, make
