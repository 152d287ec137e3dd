-- Ours, each with the account's next touchpoint; silence counts as 30 days once it lasted 30.
WITH ours AS (
  SELECT o.account_id, o.occurred_at, (
      SELECT min(t.occurred_at) FROM touchpoints t WHERE t.account_id = o.account_id
        AND t.direction IN ('in', 'both') AND (t.occurred_at, t.id) > (o.occurred_at, o.id)
    ) AS answered_at
  FROM touchpoints o WHERE o.direction = 'out'
)
SELECT r.account_id, r.week, avg(CASE
    WHEN answered_at::DATE <= r.end_day
      THEN least((epoch_us(answered_at) - epoch_us(occurred_at)) / 8.64e10, 30)
    WHEN r.end_day - occurred_at::DATE >= 30 THEN 30 END) AS value
FROM panel_rows r LEFT JOIN ours o ON o.account_id = r.account_id
  AND o.occurred_at::DATE <= r.end_day AND o.occurred_at::DATE > r.end_day - 90
GROUP BY r.account_id, r.week
