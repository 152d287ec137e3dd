"""The truth of the demo company is for tests alone: nothing that computes may read it."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

SOURCE = Path(__file__).resolve().parent.parent / "src" / "tenure"
SIMULATION = SOURCE / "engine" / "simulation"
# Those who make the company. The command line only passes its settings on.
MAKERS = (SIMULATION, SOURCE / "demo")
CALLERS = {"cli/demo.py", "cli/demo_run.py"}
MODULES = sorted(
    path
    for path in SOURCE.rglob("*.py")
    if "tests" not in path.relative_to(SOURCE).parts and not path.is_relative_to(SIMULATION)
)
ELSEWHERE = [path for path in MODULES if not path.is_relative_to(SOURCE / "demo")]
HIDDEN = re.compile(r"truth/|/truth|account_months|play_effects|log_intensity", re.IGNORECASE)


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _texts(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str]


def test_only_the_makers_and_the_command_line_import_the_simulation():
    users = {
        _name(path)
        for path in ELSEWHERE
        if any(
            name.startswith(("tenure.demo", "tenure.engine.simulation")) for name in _imports(path)
        )
    }
    assert users <= CALLERS


def test_the_command_line_takes_nothing_but_settings_and_the_writers():
    allowed = re.compile(
        r"tenure\.engine\.simulation\.(Settings|roster\.MANAGERS)|tenure\.demo\.(folder|push|rates)\.\w+"
    )
    for caller in CALLERS & {_name(path) for path in ELSEWHERE}:
        for name in _imports(SOURCE / caller):
            if name.startswith(("tenure.demo", "tenure.engine.simulation")):
                assert allowed.fullmatch(name), (caller, name)


def test_no_other_code_names_the_truth():
    assert len(ELSEWHERE) > 100
    named = {_name(p) for p in ELSEWHERE if any(HIDDEN.search(text) for text in _texts(p))}
    assert named == set()


def test_in_the_demo_only_the_writer_of_the_folder_touches_it():
    demo = [path for path in MODULES if path.is_relative_to(SOURCE / "demo")]
    assert {_name(p) for p in demo if any(HIDDEN.search(t) for t in _texts(p))} == {
        "demo/folder.py"
    }
    readers = re.compile(r"\.truth\b")
    assert {_name(p) for p in demo if readers.search(p.read_text(encoding="utf-8"))} == {
        "demo/folder.py"
    }


def test_no_template_query_or_setting_names_it():
    kinds = ("*.html", "*.yaml", "*.sql", "*.ts", "*.js", "*.toml")
    for kind in kinds:
        for path in SOURCE.rglob(kind):
            if "static" not in path.parts and "node_modules" not in path.parts:
                assert not HIDDEN.search(path.read_text(encoding="utf-8", errors="replace")), path
