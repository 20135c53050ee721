-- What the warehouse holds, in one row.
SELECT
  (SELECT count(*) FROM events) AS events,
  (SELECT count(*) FROM sheets) AS sheets,
  (SELECT count(*) FROM results) AS results,
  (SELECT count(*) FROM people WHERE identified) AS drivers,
  (SELECT count(*) FROM people WHERE NOT identified) AS open_names,
  (SELECT count(*) FROM findings) AS findings,
  (SELECT min(season) FROM events) AS first_season,
  (SELECT max(season) FROM events) AS last_season
