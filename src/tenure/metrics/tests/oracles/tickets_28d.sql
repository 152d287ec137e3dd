SELECT r.account_id, r.week,
  if(r.week < (SELECT week FROM began WHERE source = 'tickets'), NULL, count(t.account_id)) AS value
FROM panel_rows r LEFT JOIN tickets t ON t.account_id = r.account_id
  AND t.opened_at::DATE <= r.end_day AND t.opened_at::DATE > r.end_day - 28
GROUP BY r.account_id, r.week
