-- Who won was on the podium, who was on the podium finished, who finished started, and all that in a race.
FROM honours
WHERE won AND NOT podium OR podium AND NOT finished OR class_won AND NOT finished OR finished AND NOT started
  OR started AND kind <> 'race' OR pole AND kind NOT IN ('grid', 'qualifying')
