SELECT r.account_id, r.week, r.end_day - max(ev.day) AS value
FROM panel_rows r LEFT JOIN ev ON ev.account_id = r.account_id AND ev.day <= r.end_day
GROUP BY r.account_id, r.week, r.end_day
