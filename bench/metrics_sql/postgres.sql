-- The twelve event metrics of the panel in one set-wise statement for PostgreSQL.
CREATE TABLE panel AS
WITH per_person AS MATERIALIZED (
  SELECT account_id, (occurred_at::date - DATE '1969-12-29') / 7 AS week, person_id,
    count(*) AS events, bit_or(1 << ((occurred_at::date - DATE '1969-12-29') % 7)) AS days,
    max(occurred_at::date) AS last_day,
    sum(amount) FILTER (WHERE event IN ('export', 'report_exported', 'data_exported')) AS exports
  FROM event GROUP BY 1, 2, 3
), weekly AS (
  SELECT account_id, week, sum(events) AS events, count(*) AS people,
    bit_count(bit_or(days)::bit(8)) AS days, max(last_day) AS last_day, sum(exports) AS exports
  FROM per_person GROUP BY 1, 2
), features AS (
  SELECT account_id, week, count(*) AS features FROM (
    SELECT DISTINCT account_id, (occurred_at::date - DATE '1969-12-29') / 7 AS week, event
    FROM event
  ) used GROUP BY 1, 2
), monthly AS (
  SELECT account_id, week, count(*) AS people FROM (
    SELECT DISTINCT account_id, week + k AS week, person_id
    FROM per_person, generate_series(0, 3) AS k
  ) active GROUP BY 1, 2
), rows_ AS MATERIALIZED (
  SELECT a AS account_id, w AS week, coalesce(y.events, 0)::float8 AS events,
    coalesce(y.people, 0)::float8 AS active_people,
    coalesce(m.people, 0)::float8 AS active_people_28d, coalesce(y.days, 0)::float8 AS active_days,
    coalesce(f.features, 0)::float8 AS feature_breadth, y.last_day, y.exports
  FROM generate_series(1, :accounts) AS a CROSS JOIN
    generate_series((DATE '2024-01-01' - DATE '1969-12-29') / 7,
                    (DATE '2025-12-22' - DATE '1969-12-29') / 7) AS w
    LEFT JOIN weekly y ON y.account_id = a AND y.week = w
    LEFT JOIN features f ON f.account_id = a AND f.week = w
    LEFT JOIN monthly m ON m.account_id = a AND m.week = w
), medians AS MATERIALIZED (
  SELECT a.account_id, a.week, count(*) AS n,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY b.events) AS median
  FROM rows_ a JOIN rows_ b
    ON b.account_id = a.account_id AND b.week BETWEEN a.week - 26 AND a.week - 1
  GROUP BY 1, 2
), spreads AS (
  SELECT m.account_id, m.week,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(b.events - m.median)) AS mad
  FROM medians m JOIN rows_ b
    ON b.account_id = m.account_id AND b.week BETWEEN m.week - 26 AND m.week - 1
  GROUP BY 1, 2
)
SELECT r.account_id, r.week, events, active_people, active_people_28d, active_days, feature_breadth,
  active_people / nullif(active_people_28d, 0) AS stickiness,
  DATE '1969-12-29' + r.week * 7 + 6 - max(last_day) OVER so_far AS days_since_active,
  CASE WHEN count(*) OVER w8 = 8 THEN regr_slope(ln(1 + events), r.week) OVER w8 END
    AS usage_trend,
  CASE WHEN n >= 8 THEN (events - median) / greatest(1.4826 * mad, 1) END AS usage_vs_baseline,
  CASE WHEN count(*) OVER w26 >= 4 THEN avg((active_people > 0)::int) OVER w26 END
    AS active_weeks_share_26,
  coalesce(sum(exports) OVER w4, 0) AS exports_value,
  events / nullif(active_people, 0) AS events_per_person
FROM rows_ r LEFT JOIN medians USING (account_id, week) LEFT JOIN spreads USING (account_id, week)
WINDOW so_far AS (PARTITION BY r.account_id ORDER BY r.week),
  w4 AS (PARTITION BY r.account_id ORDER BY r.week ROWS 3 PRECEDING),
  w8 AS (PARTITION BY r.account_id ORDER BY r.week ROWS 7 PRECEDING),
  w26 AS (PARTITION BY r.account_id ORDER BY r.week ROWS 25 PRECEDING);
