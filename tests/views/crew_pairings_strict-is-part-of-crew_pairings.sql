-- A strict pair is of identified persons, with as many events as crew_pairings calls certain.
SELECT strict.*
FROM crew_pairings_strict AS strict
LEFT JOIN crew_pairings AS pairs USING (driver_id, other_id)
WHERE pairs.driver_id IS NULL OR NOT strict.identified OR strict.events <> pairs.certain_events OR strict.starts > pairs.starts
