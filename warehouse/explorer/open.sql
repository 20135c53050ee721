-- Names tied to nobody yet, those first whose decision settles most, with the names of the candidates.
WITH worst AS (
  FROM open_identities ORDER BY mentions DESC, len(candidates) DESC, points DESC, driver_id LIMIT $most
), considered AS (
  SELECT driver_id, unnest(candidates) AS candidate FROM worst
), candidates AS (
  SELECT considered.driver_id, list({driver_id: drivers.driver_id, name: drivers.driver} ORDER BY drivers.driver_id) AS known
  FROM considered
  JOIN drivers ON drivers.driver_id = considered.candidate
  GROUP BY considered.driver_id
)
SELECT worst.driver_id, worst.driver, worst.methods, worst.mentions, worst.events, worst.first_season,
  worst.last_season, worst.points, worst.example, coalesce(candidates.known, []) AS candidates
FROM worst
LEFT JOIN candidates ON candidates.driver_id = worst.driver_id
ORDER BY worst.mentions DESC, len(worst.candidates) DESC, worst.points DESC, worst.driver_id
