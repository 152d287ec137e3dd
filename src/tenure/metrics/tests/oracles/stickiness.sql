SELECT account_id, week, a.value / nullif(b.value, 0) AS value
FROM oracle_active_people a JOIN oracle_active_people_28d b USING (account_id, week)
