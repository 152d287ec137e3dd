"""Find a Chromium for the browser tests, or install one.

In this order: the system's own, Playwright's download, Debian's package.
`python tools/chromium.py` prints the path; `python tools/chromium.py install` brings one first.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find() -> str | None:
    """The path of a usable Chromium, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    downloads = sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return str(downloads[0]) if downloads else None


def _attempt(*command: str) -> bool:
    print("Chromium: trying", " ".join(command), file=sys.stderr)
    try:
        return subprocess.run(command, check=False, timeout=600).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> str:
    """Bring a Chromium onto the machine and return its path."""
    if found := find():
        return found
    if _attempt(sys.executable, "-m", "playwright", "install", "chromium") and (found := find()):
        return found
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    _attempt(*prefix, "apt-get", "update", "-qq")
    _attempt(*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if found := find():
        return found
    raise SystemExit(
        "No Chromium for the browser tests: install the package `chromium` with your system's "
        "package manager, then run this again."
    )


if __name__ == "__main__":
    print(install() if "install" in sys.argv[1:] else find() or "none")
