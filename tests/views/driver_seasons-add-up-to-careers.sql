-- The seasons of a driver add up to the career, as far as mentions have a season.
SELECT careers.driver_id
FROM driver_careers AS careers
LEFT JOIN driver_seasons AS seasons ON seasons.driver_id = careers.driver_id
WHERE NOT EXISTS (FROM driver_results AS driven WHERE driven.driver_id = careers.driver_id AND driven.season IS NULL)
GROUP BY ALL
HAVING coalesce(sum(seasons.starts), 0) <> any_value(careers.starts) OR coalesce(sum(seasons.wins), 0) <> any_value(careers.wins)
  OR coalesce(sum(seasons.mentions), 0) <> any_value(careers.mentions)
