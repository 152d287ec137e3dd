SELECT r.account_id, r.week,
  if(r.week < (SELECT week FROM began WHERE source = 'tickets'), NULL, count(t.account_id)) AS value
FROM panel_rows r LEFT JOIN tickets t ON t.account_id = r.account_id
  AND t.opened_at::DATE <= r.end_day
  AND (t.resolved_at IS NULL OR t.resolved_at::DATE > r.end_day)
GROUP BY r.account_id, r.week
