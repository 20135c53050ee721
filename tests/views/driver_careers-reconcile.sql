-- Every mention with a driver_id is in one career, of certain, linked or open ones.
SELECT sum(mentions) AS mentions, sum(certain_mentions + linked_mentions + open_mentions) AS parts
FROM driver_careers
HAVING coalesce(sum(mentions), 0) <> (SELECT count(*) FROM driver_results WHERE driver_id IS NOT NULL)
  OR sum(mentions) <> sum(certain_mentions + linked_mentions + open_mentions)
