-- Every event has one summary, and the summaries add up to the tables.
SELECT count(*) AS events
FROM event_summaries
HAVING count(*) <> (SELECT count(*) FROM events)
  OR coalesce(sum(results), 0) <> (SELECT count(*) FROM results WHERE event_id IS NOT NULL)
  OR coalesce(sum(sheets), 0) <> (SELECT count(*) FROM sheets WHERE event_id IS NOT NULL)
  OR coalesce(sum(rejects), 0) <> (
    SELECT count(*) FROM lines JOIN sheets USING (sheet_id) WHERE outcome = 'reject' AND event_id IS NOT NULL)
  OR coalesce(sum(errors + warnings + notes), 0) <> (
    SELECT count(*) FROM findings JOIN events USING (event_id))
