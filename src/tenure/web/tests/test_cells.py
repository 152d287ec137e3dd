"""What a spreadsheet takes for a formula stays text in what is exported."""

import pytest

from tenure.web.listing.export import safe_cell

pytestmark = pytest.mark.once


@pytest.mark.parametrize("mark", "=+-@＝＋－＠")
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u3000"])
def test_a_text_that_begins_as_a_formula_gets_a_quote(mark, before):
    assert safe_cell(f"{before}{mark}1") == f"'{before}{mark}1"


def test_other_texts_and_numbers_stay():
    assert [safe_cell(one) for one in ("a=1", -3, None, "2026-01-01")] == [
        "a=1", "-3", "", "2026-01-01",
    ]  # fmt: skip
