-- title: Cars
-- grain: one model of car with its engine
-- key: car_id
-- counts: Cars, each once, however many drove it; those of a model with its variants are counted beside its own.
-- variants (ids): Cars that are variants of this one, or of its variants.
-- family_starts (count): Cars that started a race, variants included.
-- family_wins (count): Cars first in a race, variants included.
-- family_class_wins (count): Cars first of their class in a race, variants included.
WITH RECURSIVE families AS (
  SELECT car_id AS head, car_id AS member FROM cars
  UNION
  SELECT families.head, cars.car_id
  FROM families
  JOIN cars ON cars.variant_of = families.member
), own AS (
  FROM records(car_id)
), summed AS (
  SELECT families.head,
    list_sort(list(families.member) FILTER (families.member <> families.head)) AS variants,
    sum(own.starts)::BIGINT AS starts, sum(own.wins)::BIGINT AS wins, sum(own.class_wins)::BIGINT AS class_wins
  FROM families
  JOIN own ON own.subject = families.member
  GROUP BY families.head
)
SELECT cars.car_id, cars.car, cars.make, cars.model, cars.engine_make, cars.variant_of,
  own.events, own.starts, own.finishes, own.wins, own.podiums, own.class_wins, own.poles,
  coalesce(summed.variants, []) AS variants,
  summed.starts AS family_starts,
  summed.wins AS family_wins,
  summed.class_wins AS family_class_wins,
  own.first_season, own.last_season
FROM cars
JOIN own ON own.subject = cars.car_id
JOIN summed ON summed.head = cars.car_id
ORDER BY family_wins DESC, family_starts DESC, events DESC, cars.car_id
