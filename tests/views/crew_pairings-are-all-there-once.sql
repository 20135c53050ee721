-- Every two persons of one car of an event are one pair, and no pair comes from elsewhere.
WITH shared AS (
  SELECT DISTINCT least(one.driver_id, other.driver_id) AS driver_id, greatest(one.driver_id, other.driver_id) AS other_id
  FROM driver_results AS one
  JOIN driver_results AS other ON other.result_id = one.result_id AND other.driver_id <> one.driver_id
  WHERE one.event_id IS NOT NULL
)
SELECT *
FROM shared
FULL JOIN crew_pairings AS pairs USING (driver_id, other_id)
WHERE shared.driver_id IS NULL OR pairs.driver_id IS NULL OR pairs.driver_id >= pairs.other_id
