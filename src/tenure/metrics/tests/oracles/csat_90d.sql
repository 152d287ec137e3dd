WITH marks AS (
  SELECT account_id, answered_at::DATE AS day, score FROM answers WHERE kind = 'csat'
  UNION ALL SELECT account_id, opened_at::DATE, csat FROM tickets
)
SELECT r.account_id, r.week, avg(score) AS value
FROM panel_rows r LEFT JOIN marks m
  ON m.account_id = r.account_id AND m.day <= r.end_day AND m.day > r.end_day - 90
GROUP BY r.account_id, r.week
