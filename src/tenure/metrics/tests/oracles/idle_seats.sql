SELECT account_id, week, CASE WHEN s.value - p.value > 0 THEN s.value - p.value
  WHEN s.value - p.value <= 0 THEN 0 END AS value
FROM oracle_seats s JOIN oracle_active_people_28d p USING (account_id, week)
