SELECT r.account_id, r.week,
  if(r.week < (SELECT week FROM began WHERE source = 'events'), NULL, count(DISTINCT ev.person)) AS value
FROM panel_rows r
LEFT JOIN ev ON ev.account_id = r.account_id AND ev.day <= r.end_day AND ev.day > r.end_day - 7 AND ev.person != 0
GROUP BY r.account_id, r.week
