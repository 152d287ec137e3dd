-- The rows of the panel: each account in each ISO week from its first fact to the running week.
CREATE TABLE ev AS
SELECT account_id, if(person_id > 0, person_id, -actor_id) AS person, event, occurred_at,
  occurred_at::DATE AS day, properties
FROM raw_events WHERE account_id > 0 AND occurred_at::DATE <= today();

CREATE TABLE began AS
SELECT 'events' AS source, coalesce(date_trunc('week', min(occurred_at)::DATE)::DATE, DATE '9999-01-01') AS week FROM raw_events
UNION ALL SELECT 'tickets', coalesce(date_trunc('week', min(opened_at)::DATE)::DATE, DATE '9999-01-01') FROM tickets
UNION ALL SELECT 'touchpoints', coalesce(date_trunc('week', min(occurred_at)::DATE)::DATE, DATE '9999-01-01') FROM touchpoints
UNION ALL SELECT 'surveys', coalesce(date_trunc('week', min(answered_at)::DATE)::DATE, DATE '9999-01-01') FROM answers
UNION ALL SELECT 'invoices', coalesce(date_trunc('week', min(due_at)::DATE)::DATE, DATE '9999-01-01') FROM invoices
UNION ALL SELECT 'contracts', coalesce(date_trunc('week', min(started_at)::DATE)::DATE, DATE '9999-01-01') FROM periods;

CREATE TABLE firsts AS
SELECT id AS account_id, coalesce(least(
    a.created_at::DATE,
    (SELECT min(day) FROM ev WHERE ev.account_id = a.id),
    (SELECT min(opened_at)::DATE FROM tickets t WHERE t.account_id = a.id),
    (SELECT min(occurred_at)::DATE FROM touchpoints t WHERE t.account_id = a.id),
    (SELECT min(answered_at)::DATE FROM answers t WHERE t.account_id = a.id),
    (SELECT min(due_at)::DATE FROM invoices t WHERE t.account_id = a.id),
    (SELECT min(started_at)::DATE FROM periods t WHERE t.account_id = a.id)
  ), a.recorded_at::DATE) AS first_day
FROM accounts a;

CREATE TABLE panel_rows AS
SELECT account_id, week::DATE AS week, least(week::DATE + 6, today()) AS end_day
FROM firsts, generate_series(
  (SELECT min(week) FROM began)::TIMESTAMP, date_trunc('week', today())::TIMESTAMP, INTERVAL 7 DAY
) AS weeks(week)
WHERE week::DATE >= date_trunc('week', first_day)::DATE;
