SELECT a.account_id, a.week,
  if(count(b.value) = 8, regr_slope(ln(1 + b.value), date_diff('week', a.week, b.week)), NULL)
    AS value
FROM oracle_events a JOIN oracle_events b
  ON b.account_id = a.account_id AND b.week BETWEEN a.week - 49 AND a.week
GROUP BY a.account_id, a.week
