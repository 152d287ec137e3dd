"""The notebook of the guides runs from top to bottom and prints what it says it prints."""

import contextlib
import io
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guides" / "forecast-notebook.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")


def cells(text):
    """The page's code, each with the output that follows it, or None."""
    found = []
    for kind, body in BLOCK.findall(text):
        if kind == "python":
            found.append([body, None])
        elif kind == "text":
            found[-1][1] = body
    return found


def printed(code, names):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, str(PAGE), "exec"), names)
    return output.getvalue()


def same(shown, real):
    """Equal but for numbers, which may differ as far as another machine's last digits can go."""
    assert NUMBER.sub("#", shown) == NUMBER.sub("#", real), real
    numbers = [[float(n) for n in NUMBER.findall(text)] for text in (shown, real)]
    assert numbers[1] == pytest.approx(numbers[0], rel=0.1, abs=0.03), real


def test_the_notebook_runs_and_prints_what_it_shows():
    names = {"__name__": "notebook"}
    shown = cells(PAGE.read_text(encoding="utf-8"))
    assert len(shown) > 5
    for code, output in shown:
        real = printed(code, names)
        if output is None:
            assert not real, real
        else:
            same(output, real)


def test_a_changed_word_or_number_is_noticed():
    same("AUC 0.71 of 40\n", "AUC 0.72 of 42\n")
    with pytest.raises(AssertionError):
        same("AUC 0.71 of 40\n", "AUC 0.81 of 40\n")
    with pytest.raises(AssertionError):
        same("AUC 0.71 of 40\n", "Area 0.71 of 40\n")
