SELECT r.account_id, r.week, avg(CASE
    WHEN greatest(paid_at, due_at)::DATE <= r.end_day AND paid_at IS NOT NULL
      THEN greatest(epoch_us(paid_at) - epoch_us(due_at), 0) / 8.64e10
    ELSE r.end_day - due_at::DATE END) AS value
FROM panel_rows r LEFT JOIN invoices i ON i.account_id = r.account_id
  AND i.status NOT IN ('void', 'draft', 'cancelled', 'canceled', 'deleted')
  AND i.due_at::DATE <= r.end_day AND i.due_at::DATE > r.end_day - 180
GROUP BY r.account_id, r.week
