-- The strict careers are of identified persons, rest on nothing but certain mentions, and exceed no career.
SELECT strict.*
FROM driver_careers_strict AS strict
LEFT JOIN driver_careers AS careers ON careers.driver_id = strict.driver_id
WHERE careers.driver_id IS NULL OR NOT strict.identified OR strict.mentions <> careers.certain_mentions
  OR strict.linked_mentions + strict.open_mentions > 0 OR strict.starts > careers.starts OR strict.wins > careers.wins
