-- No career has more starts than races in which the driver is printed, or figures that contradict each other.
SELECT careers.*
FROM driver_careers AS careers
WHERE starts > (
    SELECT count(DISTINCT sheet_id) FROM driver_results AS driven
    WHERE driven.driver_id = careers.driver_id AND kind = 'race' AND NOT nominated)
  OR finishes > starts OR podiums > finishes OR wins > podiums OR class_wins > finishes OR seasons > events
  OR first_season > last_season
