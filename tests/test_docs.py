"""Documentation that tests keep true: every command and every setting has its heading."""

import re
from pathlib import Path

import pytest
import typer

from tenure.cli.app import build

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def headings(page: Path) -> set[str]:
    return set(re.findall(r"^#{2,4} `([^`]+)`", page.read_text(), flags=re.MULTILINE))


def commands(command, before=()):
    """Every command with its whole name; a group that does something itself is one too."""
    within = getattr(command, "commands", None)
    if within is None or getattr(command, "invoke_without_command", False):
        yield " ".join(before), command
    for name, inner in (within or {}).items():
        yield from commands(inner, (*before, name))


def test_every_command_has_its_heading_and_no_heading_is_left_over():
    real = {name for name, _command in commands(typer.main.get_command(build()))}
    assert headings(DOCS / "reference" / "cli.md") == {f"tenure {name}" for name in real}


def test_every_option_is_in_the_reference():
    text = (DOCS / "reference" / "cli.md").read_text()
    for name, command in commands(typer.main.get_command(build())):
        section = text.split(f"`tenure {name}`\n", 1)[1].split("\n## ", 1)[0]
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}`" in section, f"tenure {name} {option}"


def test_every_setting_has_its_heading_and_no_heading_is_left_over():
    source = (ROOT / "src" / "tenure" / "config" / "settings.py").read_text()
    real = set(re.findall(r'_env\(\s*"([A-Z_]+)"', source))
    assert headings(DOCS / "reference" / "settings.md") == {f"TENURE_{name}" for name in real}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page):
    for target in LINK.findall(page.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_page_names_a_package_registry(page):
    assert not re.search(
        r"pypi\.org|npmjs\.(org|com)|files\.pythonhosted|deb\.debian", page.read_text()
    )
