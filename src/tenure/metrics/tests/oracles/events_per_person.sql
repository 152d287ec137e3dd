SELECT account_id, week, a.value / nullif(b.value, 0) AS value
FROM oracle_events a JOIN oracle_active_people b USING (account_id, week)
