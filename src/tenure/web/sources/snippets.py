"""Code to paste, with the address of this Tenure and a key in it."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NO_KEY = "YOUR_TRACKING_KEY"
EVENT: dict[str, object] = {
    "userId": "ada",
    "event": "Report opened",
    "context": {"groupId": "acme"},
}
FILES: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts": {"accounts.csv": ("id,name,domain", "acme,Acme,acme.example")},
    "subscriptions": {
        "subscriptions.csv": (
            "id,account_id,plan_id,mrr,currency,seats,interval,started_at,renews_at",
            "sub-1,acme,pro,490,EUR,25,year,2025-01-15,2027-01-15",
        ),
    },
    "tiers": {
        "plans.csv": ("id,name,tier,is_top_tier", "starter,Starter,1,false", "pro,Pro,2,true"),
    },
    "roles": {
        "people.csv": (
            "id,account_id,email,name,role",
            "ada,acme,ada@acme.example,Ada,champion",
        ),
    },
    "touch": {
        "touchpoints.csv": (
            "id,account_id,kind,occurred_at,direction,subject",
            "call-1,acme,call,2026-01-20T10:00:00Z,both,Roll-out",
        ),
    },
}


@dataclass(frozen=True)
class Snippet:
    """A piece of code. `name`: in what language, or with which tool."""

    name: Promise
    code: str


def event_snippets(host: str, key: str) -> list[Snippet]:
    """Ways to send a first event. `host` has a slash at its end."""
    host = host.rstrip("/")
    body = json.dumps(EVENT)
    return [
        Snippet(
            _("With curl, in a shell"),
            f"curl -u {shlex.quote(key + ':')} -H 'Content-Type: application/json' \\\n"
            f"  -d {shlex.quote(body)} \\\n  {shlex.quote(host + '/v1/track')}",
        ),
        Snippet(
            _("Python, Segment's SDK (pip install segment-analytics-python)"),
            "import segment.analytics as analytics\n\n"
            f"analytics.write_key = {key!r}\nanalytics.host = {host!r}\n"
            'analytics.track("ada", "Report opened", context={"groupId": "acme"})\n'
            "analytics.flush()",
        ),
        Snippet(
            _("Node, Segment's SDK (npm install @segment/analytics-node)"),
            'import { Analytics } from "@segment/analytics-node";\n\n'
            f"const analytics = new Analytics({{ writeKey: {json.dumps(key)}, "
            f"host: {json.dumps(host)} }});\n"
            'analytics.track({ userId: "ada", event: "Report opened", '
            'context: { groupId: "acme" } });\n'
            "await analytics.closeAndFlush();",
        ),
        Snippet(
            _("Python, PostHog's SDK (pip install posthog)"),
            "from posthog import Posthog\n\n"
            f"posthog = Posthog({key!r}, host={host!r})\n"
            'posthog.capture("Report opened", distinct_id="ada", groups={"company": "acme"})\n'
            "posthog.shutdown()",
        ),
    ]


def load_snippet(step: str) -> list[Snippet]:
    """A folder with the smallest file that does, and the command that loads it."""
    files = FILES.get(step)
    if files is None:
        return []
    lines = ["mkdir -p company"]
    for name, rows in files.items():
        lines += [f"cat > company/{name} <<'END'", *rows, "END"]
    lines.append(f"{_command()} load company")
    return [Snippet(_("On the machine that runs Tenure"), "\n".join(lines))]


def refresh_snippet() -> list[Snippet]:
    """The command that works out all numbers."""
    return [Snippet(_("On the machine that runs Tenure"), f"{_command()} refresh")]


def _command() -> str:
    home = shlex.quote(str(Path(settings.HOME)))
    return f"TENURE_HOME={home} tenure"
