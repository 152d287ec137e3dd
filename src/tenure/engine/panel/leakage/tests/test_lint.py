"""Planted traps are named with the row that proves them; honest columns are left alone."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tenure.engine.panel import Panel
from tenure.engine.panel.leakage import NOTE, QUARANTINE, REFUSE, Table, lint, lint_table
from tenure.engine.panel.leakage.tests import honest

BASE = honest.table(1, accounts=600, origins=8, rate=0.1)
CAME = BASE.label > 0
ORIGIN = BASE.origin


def only(column, values, rule=None, base=BASE, **more):
    """The one finding of a column beside honest ones, with its proof looked up."""
    linted = lint_table(honest.with_columns(base, **{column: values}), **more)
    found = [f for f in linted.findings if f.column == column and rule in (None, f.rule)]
    assert len(found) == 1, linted.findings
    assert {f.column for f in linted.removed} <= {column}
    finding = found[0]
    assert column in finding.sentence
    assert finding.account == str(base.account[finding.row])
    assert finding.origin == str(base.origin[finding.row])
    assert finding.value == str(np.asarray(values)[finding.row])
    assert (column in linted.columns) == (finding.severity == NOTE)
    return finding


def test_an_end_date_filled_only_for_who_left_is_refused():
    ended = np.where(CAME, ORIGIN + 20, np.datetime64("NaT"))
    future = only("ended", ended, "future")
    assert future.severity == REFUSE
    assert np.datetime64(future.value) > np.datetime64(future.origin)
    missing = only("ended", ended, "missing")
    assert missing.severity == REFUSE
    assert BASE.label[missing.row] == 1


def test_the_furthest_date_is_the_proof_whatever_the_date_is_written_as():
    when = ORIGIN - 3
    when[17] = ORIGIN[17] + 40
    words = when.astype(str)
    for values, severity in (
        (when, REFUSE),
        (words, REFUSE),
        (when.astype("datetime64[s]").astype(np.int64), QUARANTINE),
        (when.astype("datetime64[ms]").astype(np.int64), QUARANTINE),
        (np.array([int(w.replace("-", "")) for w in words]), QUARANTINE),
    ):
        finding = only("seen_at", values, "future")
        assert (finding.row, finding.severity) == (17, severity)


def test_a_renewal_date_that_was_known_ahead_may_lie_ahead():
    table = honest.with_columns(BASE, renews=ORIGIN + 90)
    assert lint_table(table, known_ahead=["renews"]).removed == ()


def test_a_value_recorded_after_the_origin_is_refused():
    recorded = ORIGIN - 1
    recorded[[5, 9]] = ORIGIN[[5, 9]] + [1, 12]
    linted = lint_table(replace(BASE, recorded={"seats": recorded}))
    (finding,) = linted.removed
    assert (finding.rule, finding.column, finding.row) == ("late", "seats", 9)
    assert "seats" not in linted.table.columns


def test_a_status_is_refused():
    finding = only("status", np.where(CAME, "churned", "active"))
    assert (finding.rule, finding.severity, finding.value) == ("status", REFUSE, "churned")


def test_a_status_with_a_few_mistakes_is_refused():
    wrong = np.random.default_rng(0).random(CAME.size) < 0.01
    noisy = np.where(CAME ^ (wrong & CAME), 1, 0)
    assert only("is_active", 1 - noisy).severity == REFUSE


def test_a_reason_that_only_leavers_have_is_refused():
    reasons = np.random.default_rng(0).choice(["price", "product", "none given"], CAME.size)
    finding = only("reason", np.where(CAME, reasons, ""))
    assert (finding.rule, finding.severity) == ("missing", REFUSE)


def test_a_value_that_stops_with_the_event_is_refused():
    finding = only("next_invoice", np.where(CAME, np.nan, np.arange(CAME.size) % 37))
    assert (finding.rule, finding.severity, finding.value) == ("missing", REFUSE, "nan")


def test_a_number_that_only_makes_sense_after_the_event_is_refused():
    spread = np.random.default_rng(0).gamma(2.0, 10.0, CAME.size)
    finding = only("days_since_exit", np.where(CAME, 1 + spread, -spread / 9))
    assert (finding.rule, finding.severity) == ("status", REFUSE)
    assert float(finding.value) > 1


def test_a_number_that_is_0_for_all_who_stayed_is_found_among_few_accounts():
    small = honest.table(6, accounts=60, origins=1, rate=0.1)
    came = small.label > 0
    assert came.sum() == 6
    finding = only("days_since_exit", np.where(came, 3.0 + np.arange(came.size), 0.0), base=small)
    assert (finding.rule, finding.severity) == ("status", QUARANTINE)
    assert "not “0.0”" in finding.sentence


def test_with_few_accounts_a_perfect_match_is_set_aside():
    small = honest.table(4, accounts=60, origins=1, rate=0.1)
    small = replace(small, label=(np.arange(60) < 5).astype(float)[: small.label.size])
    small = Table(small.account, small.origin, {"x": small.columns["country"]}, small.label)
    flag = small.label.astype(int)
    finding = only("churned", flag, base=small)
    assert (finding.rule, finding.severity) == ("status", QUARANTINE)


def test_one_value_of_many_has_to_tell_more_than_one_of_two():
    """Fifty of sixty leavers share it and none of two hundred others."""
    came = np.arange(260) < 60
    share = np.arange(260) < 50
    two = np.where(share, -1.0, 0.0)
    many = np.where(share, -1.0, np.random.default_rng(0).permutation(260))
    removed = [
        lint_table(Table(np.arange(260), ORIGIN[:1].repeat(260), {"x": x}, came)).removed
        for x in (two, many)
    ]
    assert [f.severity for f in removed[0]] == [QUARANTINE]
    assert removed[1] == ()


def test_who_vouches_for_a_column_keeps_it():
    table = honest.with_columns(BASE, notice=CAME)
    assert lint_table(table, vouched=["notice"]).removed == ()


@pytest.mark.parametrize(
    "values",
    [
        np.char.add("acct-", BASE.account.astype(str)),
        BASE.account,
        3 + np.unique(BASE.account, return_inverse=True)[1],
        np.arange(BASE.account.size),
    ],
    ids=["words", "the key", "counted", "row numbers"],
)
def test_an_identifier_is_refused(values):
    finding = only("reference", values)
    assert (finding.rule, finding.severity) == ("identifier", REFUSE)


def test_a_number_that_grows_with_the_first_origin_is_refused():
    rng = np.random.default_rng(0)
    first = np.repeat(np.arange(300), 2)
    origin = np.datetime64("2020-01-01") + 7 * (first + np.tile([0, 1], 300))
    ticket = 10_000 + 977 * first + rng.integers(0, 500, 300)[first]
    label = (rng.random(600) < 0.6 - first / 600).astype(float)
    table = Table(rng.permutation(300)[first].astype(str), origin, {"ticket": ticket}, label)
    (finding,) = lint_table(table).removed
    assert (finding.rule, finding.column) == ("identifier", "ticket")
    assert "AUC 0.6" in finding.sentence or "AUC 0.7" in finding.sentence


def test_days_of_membership_are_no_identifier():
    key = np.arange(200)
    table = Table(key, "2024-01-01", {"days": 2000 - key}, (key % 7 == 0).astype(float))
    assert lint_table(table).removed == ()


def test_one_account_under_two_keys_is_taken_out_once():
    of_one = np.flatnonzero(BASE.account == 1005)
    again = np.concatenate([np.arange(BASE.label.size), of_one])
    account = np.concatenate([BASE.account, np.full(of_one.size, 9999)])
    columns = {name: values[again] for name, values in BASE.columns.items()}
    linted = lint_table(Table(account, ORIGIN[again], columns, BASE.label[again]))
    (finding,) = linted.removed
    assert (finding.rule, finding.severity, finding.account) == ("duplicate", REFUSE, "9999")
    assert "1005" in finding.sentence
    assert linted.rows.tolist() == list(range(BASE.label.size))
    assert 9999 not in linted.table.account


def test_accounts_that_are_alike_by_chance_are_kept_with_a_note():
    rng = np.random.default_rng(0)
    columns = {"plan": rng.integers(0, 3, 300), "region": rng.choice(["a", "b"], 300)}
    linted = lint_table(Table(np.arange(300), "2024-01-01", columns, rng.integers(0, 2, 300)))
    assert [(f.rule, f.severity) for f in linted.findings] == [("duplicate", NOTE)]
    assert linted.rows.size == 300


def test_accounts_that_began_together_are_not_taken_for_one():
    """Alike in all they have, and different only by time."""
    account = np.repeat(np.arange(200), 6)
    began = np.datetime64("2023-01-01") + np.arange(200) // 2
    origin = np.datetime64("2024-01-01") + 30 * np.tile(np.arange(6), 200)
    columns = {
        "began": began[account],
        "tenure": (origin - began[account]).astype(float),
        "seats": 5.0 + account // 2,
        "seats.mean_3": 5.5 + account // 2,
        "month": np.tile(np.arange(6.0), 200),
    }
    linted = lint_table(Table(account, origin, columns, (account % 10 < 2).astype(float)))
    assert {(f.rule, f.severity) for f in linted.findings} == {("duplicate", NOTE)}


def test_a_constant_is_noted():
    for values in (np.ones(CAME.size), np.full(CAME.size, np.nan), np.full(CAME.size, "EUR")):
        finding = only("currency", values)
        assert (finding.rule, finding.severity) == ("constant", NOTE)


def test_a_changed_unit_is_set_aside():
    late = np.datetime64("2024-08-01") <= ORIGIN
    finding = only("mrr", BASE.columns["mrr_cents"] / np.where(late, 1.0, 100.0))
    assert (finding.rule, finding.severity) == ("shift", QUARANTINE)
    assert finding.origin == "2024-08-01"


def test_a_value_that_is_no_longer_collected_is_set_aside():
    late = np.datetime64("2024-08-01") <= ORIGIN
    finding = only("nps", np.where(late, np.nan, BASE.columns["health"]))
    assert (finding.rule, finding.severity) == ("shift", QUARANTINE)
    assert "0% of the newest" in finding.sentence


def test_a_meaning_that_turns_is_set_aside():
    late = np.datetime64("2024-05-01") <= ORIGIN
    finding = only("risk", np.where(late, -1, 1) * BASE.columns["score"])
    assert (finding.rule, finding.severity) == ("shift", QUARANTINE)


def test_values_that_move_are_noted():
    late = np.datetime64("2024-08-01") <= ORIGIN
    rng = np.random.default_rng(0)
    finding = only("logins", rng.normal(size=CAME.size) + 1.5 * late)
    assert (finding.rule, finding.severity) == ("shift", NOTE)


def test_a_tenure_in_whole_months_has_not_moved():
    months = (ORIGIN.astype("datetime64[M]").astype(int) - 630) % 97 + BASE.account % 5
    assert lint_table(honest.with_columns(BASE, paid_months=months)).findings == ()


def of(table, *names, **columns):
    """A panel with months to churn that agree with a table's labels."""
    columns = {**{n: table.columns[n] for n in names}, **columns}
    months = np.where(table.label > 0, 1, 0)
    for account in np.unique(table.account):
        rows = np.flatnonzero(table.account == account)
        if table.label[rows].any():
            months[rows] = np.arange(rows.size, 0, -1)
    return Panel(
        table.account,
        table.origin,
        np.column_stack([np.asarray(v, dtype=float) for v in columns.values()]),
        tuple(columns),
        ("churn",),
        months[:, None],
        np.maximum(months, 12),
        np.zeros((months.size, 12, 0)),
    )


def test_a_panel_comes_back_without_what_was_refused():
    panel = of(BASE, "score", "seats", "alert", copied=BASE.account)
    linted = lint(panel, horizon=1)
    assert [(f.rule, f.column) for f in linted.removed] == [("identifier", "copied")]
    left = linted.of(panel)
    assert left.names == ("score", "seats", "alert")
    assert len(left) == len(panel)


def test_a_status_as_of_today_is_found_on_every_earlier_row():
    """Within a month it came to one row in many, but whoever has it left in the end."""
    panel = of(BASE, "score", "seats")
    gone = panel.months[:, 0] > 0
    panel = of(BASE, "score", "seats", left=gone)
    (finding,) = lint(panel, horizon=1).removed
    assert (finding.rule, finding.column, finding.severity) == ("status", "left", REFUSE)


def test_rows_whose_months_have_not_closed_do_not_count():
    """Of those only leavers have a label, so whatever is new would look like a status."""
    rng = np.random.default_rng(0)
    month = np.tile(np.arange(12), 300)
    months = np.where(rng.random(month.size) < np.where(month >= 7, 0.3, 0.02), 1, 0)
    months = np.where(months <= 11 - month, months, 0)
    panel = Panel(
        np.repeat(np.arange(300), 12),
        (np.datetime64("2024-01", "M") + month).astype("datetime64[D]"),
        (month >= 7).astype(float)[:, None] * rng.choice([1.0, 1.0, 0.0], (month.size, 1)),
        ("newly",),
        ("churn",),
        months[:, None],
        11 - month,
        np.zeros((month.size, 12, 0)),
    )
    assert [f.rule for f in lint(panel, horizon=6).removed if f.rule == "status"] == []


def test_dates_beside_the_features_of_a_panel_are_looked_at():
    panel = of(BASE, "score", "seats")
    linted = lint(panel, horizon=1, more={"closed_at": ORIGIN + 1})
    assert [(f.rule, f.column) for f in linted.removed] == [("future", "closed_at")]
    assert linted.columns == ("score", "seats")


def test_honest_columns_are_left_alone():
    found = Counter()
    for accounts, origins, rate in (
        (60, 1, 0.1), (60, 8, 0.02), (400, 1, 0.5), (400, 8, 0.1), (1500, 1, 0.03),
    ):  # fmt: skip
        for seed in range(12):
            linted = lint_table(honest.table(seed, accounts, origins, rate))
            found.update((f.rule, f.column) for f in linted.removed)
    assert not found


def test_tables_that_do_not_fit_are_refused_by_name():
    with pytest.raises(ValueError, match="short"):
        Table([1, 2], "2024-01-01", {"short": np.zeros(1)}, np.zeros(2))
    with pytest.raises(ValueError, match="unknown"):
        Table([1], "2024-01-01", {}, np.zeros(1), {"unknown": np.zeros(1)})


def test_nothing_makes_no_findings():
    assert lint_table(Table(np.zeros(0), np.zeros(0, "M8[D]"), {}, np.zeros(0))).findings == ()
