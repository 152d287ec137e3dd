-- The twelve event metrics of the panel as one would write them for DuckDB by hand.
COPY (
  WITH per_person AS (
    SELECT account_id, (epoch_us(occurred_at) // 86400000000 + 3) // 7 AS week, person_id,
      count(*) AS events,
      bit_or(1 << ((epoch_us(occurred_at) // 86400000000 + 3) % 7)) AS days,
      max(epoch_us(occurred_at)) // 86400000000 AS last_day,
      sum(CASE WHEN event IN ('export', 'report_exported', 'data_exported')
        THEN (properties ->> '$.value')::DOUBLE END) AS exports
    FROM read_parquet(:events) WHERE account_id > 0 GROUP BY ALL
  ), weekly AS (
    SELECT account_id, week, sum(events) AS events, count(*) AS people,
      bit_count(bit_or(days)) AS days, max(last_day) AS last_day, sum(exports) AS exports
    FROM per_person GROUP BY ALL
  ), features AS (
    SELECT account_id, week, count(*) AS features FROM (
      SELECT DISTINCT account_id, (epoch_us(occurred_at) // 86400000000 + 3) // 7 AS week, event
      FROM read_parquet(:events) WHERE account_id > 0
    ) GROUP BY ALL
  ), monthly AS (
    SELECT account_id, week, count(*) AS people FROM (
      SELECT DISTINCT account_id, week + k AS week, person_id FROM per_person, range(4) AS ks(k)
    ) GROUP BY ALL
  ), grid AS (
    SELECT account_id, week FROM range(1, :accounts + 1) AS a(account_id),
      range((DATE '2024-01-01' - DATE '1969-12-29') // 7,
            (DATE '2025-12-22' - DATE '1969-12-29') // 7 + 1) AS w(week)
  ), rows_ AS (
    SELECT g.account_id, g.week, coalesce(w.events, 0)::DOUBLE AS events,
      coalesce(w.people, 0)::DOUBLE AS active_people,
      coalesce(m.people, 0)::DOUBLE AS active_people_28d,
      coalesce(w.days, 0)::DOUBLE AS active_days,
      coalesce(f.features, 0)::DOUBLE AS feature_breadth,
      w.last_day, w.exports
    FROM grid g LEFT JOIN weekly w USING (account_id, week)
      LEFT JOIN features f USING (account_id, week) LEFT JOIN monthly m USING (account_id, week)
  )
  SELECT account_id, week, events, active_people, active_people_28d, active_days, feature_breadth,
    active_people / nullif(active_people_28d, 0) AS stickiness,
    (week * 7 + 3 - max(last_day) OVER so_far)::DOUBLE AS days_since_active,
    if(count(*) OVER w8 = 8, regr_slope(ln(1 + events), week) OVER w8, NULL) AS usage_trend,
    if(count(*) OVER before26 >= 8, (events - median(events) OVER before26)
      / greatest(1.4826 * mad(events) OVER before26, 1), NULL) AS usage_vs_baseline,
    if(count(*) OVER w26 >= 4, avg((active_people > 0)::INT) OVER w26, NULL)
      AS active_weeks_share_26,
    coalesce(sum(exports) OVER w4, 0) AS exports_value,
    events / nullif(active_people, 0) AS events_per_person
  FROM rows_
  WINDOW so_far AS (PARTITION BY account_id ORDER BY week),
    w4 AS (PARTITION BY account_id ORDER BY week ROWS 3 PRECEDING),
    w8 AS (PARTITION BY account_id ORDER BY week ROWS 7 PRECEDING),
    w26 AS (PARTITION BY account_id ORDER BY week ROWS 25 PRECEDING),
    before26 AS (PARTITION BY account_id ORDER BY week ROWS BETWEEN 26 PRECEDING AND 1 PRECEDING)
  ORDER BY account_id, week
) TO :output (FORMAT parquet, COMPRESSION zstd);
