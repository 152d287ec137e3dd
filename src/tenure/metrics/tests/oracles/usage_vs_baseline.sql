SELECT a.account_id, a.week,
  if(count(b.value) >= 8, (a.value - median(b.value)) / greatest(1.4826 * mad(b.value), 1), NULL)
    AS value
FROM oracle_events a LEFT JOIN oracle_events b
  ON b.account_id = a.account_id AND b.week BETWEEN a.week - 182 AND a.week - 7
GROUP BY a.account_id, a.week, a.value
