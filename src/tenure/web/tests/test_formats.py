"""How numbers are written."""

import pytest

from tenure.web.templatetags.formats import share


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
