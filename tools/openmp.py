"""See to it that the system has GNU's OpenMP library, which LightGBM is linked against.

Forecasts do without LightGBM where it can't be had, so this never fails a set-up.
"""

import ctypes
import os
import subprocess
import sys

LIBRARY, PACKAGE = "libgomp.so.1", "libgomp1"


def present() -> bool:
    """Whether the library can be loaded."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def install() -> None:
    """Try Debian's package."""
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", PACKAGE]):
        try:
            subprocess.run([*prefix, "apt-get", *words], check=False, timeout=300)
        except (OSError, subprocess.TimeoutExpired):
            break


if __name__ == "__main__" and sys.platform == "linux" and not present():
    print(f"{LIBRARY} is missing; trying to install {PACKAGE} …")
    install()
    if not present():
        print(f"Forecasts will do without LightGBM until your system has {LIBRARY}.")
