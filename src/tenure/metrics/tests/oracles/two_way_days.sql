WITH spoken AS (
  SELECT account_id, occurred_at::DATE AS day FROM touchpoints WHERE direction IN ('in', 'both')
  UNION ALL SELECT account_id, answered_at::DATE FROM answers
)
SELECT r.account_id, r.week, r.end_day - max(s.day) AS value
FROM panel_rows r LEFT JOIN spoken s ON s.account_id = r.account_id AND s.day <= r.end_day
GROUP BY r.account_id, r.week, r.end_day
