SELECT r.account_id, r.week, avg(sentiment) AS value
FROM panel_rows r LEFT JOIN touchpoints t ON t.account_id = r.account_id
  AND t.occurred_at::DATE <= r.end_day AND t.occurred_at::DATE > r.end_day - 90
GROUP BY r.account_id, r.week
