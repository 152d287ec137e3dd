SELECT r.account_id, r.week, 100.0 * (count(*) FILTER (WHERE score >= 9)
  - count(*) FILTER (WHERE score <= 6)) / nullif(count(score), 0) AS value
FROM panel_rows r LEFT JOIN answers s ON s.account_id = r.account_id AND s.kind = 'nps'
  AND s.answered_at::DATE <= r.end_day AND s.answered_at::DATE > r.end_day - 180
GROUP BY r.account_id, r.week
