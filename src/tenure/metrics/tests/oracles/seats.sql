-- A period ends at its end, or where the subscription's next period starts.
WITH terms AS (
  SELECT account_id, seats, started_at::DATE AS begin_day, least(
    ended_at, lead(started_at) OVER (PARTITION BY external_id ORDER BY started_at))::DATE AS end_day
  FROM periods
)
SELECT r.account_id, r.week, sum(t.seats) AS value
FROM panel_rows r LEFT JOIN terms t ON t.account_id = r.account_id AND t.begin_day <= r.end_day
  AND (t.end_day IS NULL OR t.end_day > r.end_day)
GROUP BY r.account_id, r.week
