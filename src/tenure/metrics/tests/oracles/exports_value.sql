-- JSON numbers, and text that reads as a plain number, count; anything else does not.
SELECT r.account_id, r.week,
  if(r.week < (SELECT week FROM began WHERE source = 'events'), NULL, coalesce(sum(
    CASE WHEN regexp_full_match(amount, '-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?')
      THEN amount::DOUBLE END), 0)) AS value
FROM panel_rows r
LEFT JOIN (
  SELECT account_id, day, if(json_valid(properties), properties ->> '$.value', NULL) AS amount
  FROM ev WHERE event IN ('export', 'report_exported', 'data_exported')
) e ON e.account_id = r.account_id AND e.day <= r.end_day AND e.day > r.end_day - 28
GROUP BY r.account_id, r.week
