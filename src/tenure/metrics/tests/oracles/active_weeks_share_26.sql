SELECT a.account_id, a.week,
  if(count(b.value) >= 4, count(*) FILTER (WHERE b.value > 0) / count(b.value), NULL) AS value
FROM oracle_active_people a JOIN oracle_active_people b
  ON b.account_id = a.account_id AND b.week BETWEEN a.week - 175 AND a.week
GROUP BY a.account_id, a.week
