"""The official Node SDKs of Segment, RudderStack and PostHog, unchanged but for their host."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.door import taken

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
]
FOLDER = Path(__file__).parent / "sdk" / "node"


@pytest.fixture(scope="module", autouse=True)
def _installed():
    # Two workers may come at once: one installs, the other waits. npm writes this file last.
    with (FOLDER / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules" / ".package-lock.json").exists():
            # Not `npm ci`: it wants addresses of optional packages for other platforms in the lock.
            npm = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(npm, cwd=FOLDER, check=True, capture_output=True)


@pytest.mark.parametrize("sdk", ["segment", "rudderstack", "posthog"])
def test_everything_a_node_sdk_sends_arrives_once(live, sdk):
    words = ["node", "send.mjs", live.host, live.key, sdk]
    done = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = taken(live)
    assert found.rejects == []
    first = {m.event or m.kind: m for m in reversed(found.messages)}
    assert first["identify"].user_id == "u1"
    assert first["identify"].traits["email"] == "ann@x.com"
    assert (first["group"].account_id, first["group"].traits["name"]) == ("acme", "Acme")
    assert (first["alias"].previous_id, first["alias"].user_id) == ("a1", "u1")
    exported = [m.properties["number"] for m in found.messages if m.event == "exported"]
    assert sorted(exported) == list(range(100))
    assert len({m.message_id for m in found.messages}) == len(found.messages)
