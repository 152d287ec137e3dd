SELECT r.account_id, r.week, avg(epoch_us(t.first_reply_at) - epoch_us(t.opened_at)) / 3.6e9 AS value
FROM panel_rows r LEFT JOIN tickets t ON t.account_id = r.account_id
  AND t.opened_at::DATE <= r.end_day AND t.opened_at::DATE > r.end_day - 90
  AND t.first_reply_at::DATE <= r.end_day
GROUP BY r.account_id, r.week
