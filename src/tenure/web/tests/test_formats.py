"""How numbers are written."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from tenure.web.advice.wording import hour_price
from tenure.web.locales import unit_after, written_quarter
from tenure.web.templatetags.formats import (
    day_text,
    exact_money,
    hours,
    measured,
    month_text,
    number,
    several,
    share,
)

CHOICE = (
    "{% blocktranslate count c=one.hours|several with h=one.hours|hours %}{{ h }} hour{% plural %}"
    "{{ h }} hours{% endblocktranslate %}"
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1.0, 0, "100 %"),
        (0.9995, 1, "> 99.9 %"),
        (0.996, 0, "> 99 %"),
        (0.0, 0, "0 %"),
        (0.0004, 1, "< 0.1 %"),
        (0.004, 0, "< 1 %"),
        (0.125, 1, "12.5 %"),
        (1.004, 0, "100 %"),
        (-0.25, 0, "−25 %"),
        (None, 0, "–"),
    ],
)
def test_a_share_reads_all_or_nothing_only_when_it_is(value, decimals, text):
    assert share(value, decimals).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("language", "amount", "dollars", "percent", "day", "month", "quarter"),
    [
        ("en", "€1,234.50", "$1,234.50", "12.5 %", "28 Nov 2026", "Nov 2026", "2026 Q4"),
        ("de", "1.234,50 €", "1.234,50 $", "12,5 %", "28. Nov. 2026", "Nov 2026", "Q4 2026"),
        ("nl", "€ 1.234,50", "US$ 1.234,50", "12,5%", "28 nov 2026", "nov 2026", "K4 2026"),
        ("it", "1.234,50 €", "1.234,50 USD", "12,5%", "28 nov 2026", "nov 2026", "T4 2026"),
        (
            "zh-hans",
            "€1,234.50",
            "US$1,234.50",
            "12.5%",
            "2026年11月28日",
            "2026年11月",
            "2026年第4季度",
        ),
    ],
)
def test_each_language_writes_them_its_own_way(
    language, amount, dollars, percent, day, month, quarter
):
    with translation.override(language):
        found = [exact_money(1234.5, "EUR"), exact_money(1234.5, "USD"), share(0.125, 1)]
        found += [day_text(date(2026, 11, 28)), month_text(date(2026, 11, 1))]
        found += [written_quarter(date(2026, 11, 28))]
    plain = [text.replace("\N{NO-BREAK SPACE}", " ") for text in found]
    assert plain == [amount, dollars, percent, day, month, quarter]


def test_a_currency_without_cents_has_none_and_chinese_groups_by_thousands():
    assert exact_money(1234, "JPY") == "¥1,234"
    with translation.override("zh-hans"):
        assert number(1234567) == "1,234,567"


@pytest.mark.parametrize(("language", "percent"), [("de", " %"), ("nl", "%"), ("zh-hans", "%")])
def test_a_unit_stands_after_its_number_as_the_language_has_it(language, percent):
    with translation.override(language):
        assert unit_after("%").replace("\N{NO-BREAK SPACE}", " ") == percent
        assert unit_after("") == ""
        assert unit_after("EUR") == "\N{NO-BREAK SPACE}EUR"


def test_a_metric_that_is_a_part_of_a_whole_reads_as_a_percentage():
    assert measured(0.75, "seat_share").replace("\N{NO-BREAK SPACE}", " ") == "75 %"
    assert measured(0.75, "usage_vs_baseline") == "0.75"
    assert measured(None, "seat_share") == "–"


@pytest.mark.parametrize(
    ("value", "text", "count"),
    [(1, "1", 1), (1.04, "1", 1), (0.96, "1", 1), (1.06, "1.1", 2), (0, "0", 2), (12.5, "12.5", 2),
     (-1, "−1", 2), (None, "–", 2)],
)  # fmt: skip
def test_hours_are_counted_as_they_are_read(value, text, count):
    assert (hours(value), several(value)) == (text, count)


def test_one_hour_left_over_is_told_as_one():
    assert hour_price(0.0, 3.0, 2.0).startswith("1 hour is left over")
    assert hour_price(0.0, 3.5, 2.0).startswith("1.5 hours are left over")
    said = Template("{% load i18n formats %}" + CHOICE).render
    assert [said(Context({"one": {"hours": h}})) for h in (1.0, 2.0)] == ["1 hour", "2 hours"]
