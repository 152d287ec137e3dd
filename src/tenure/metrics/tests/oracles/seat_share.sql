SELECT account_id, week, a.value / nullif(b.value, 0) AS value
FROM oracle_active_people a JOIN oracle_seats b USING (account_id, week)
