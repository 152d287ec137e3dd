"""The hours of the team as a chart."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.figures import Chart, Series
from tenure.web.team.books import Team
from tenure.web.templatetags.formats import hours, several, share


def load_chart(team: Team) -> Chart | None:
    """Hours needed beside hours had, of each person; None without anybody."""
    books = [book for book in team.books if book.person]
    if not books:
        return None
    told = ngettext(
        "Together they need %(need)s of %(hours)s hour a week: %(load)s.",
        "Together they need %(need)s of %(hours)s hours a week: %(load)s.",
        several(team.hours),
    )
    return Chart(
        key="team-hours",
        title=_("Hours a week"),
        kind="bar",
        decimals=1,
        labels=[str(book.person.user) for book in books if book.person],
        series=[
            Series(_("needed"), [round(book.need, 1) for book in books]),
            Series(_("had"), [round(book.hours, 1) for book in books], tone="unknown"),
        ],
        summary=told
        % {
            "need": hours(team.need),
            "hours": hours(team.hours),
            "load": share(team.load),
        },
        note=_("needed by the definition, had as stated or assumed"),
    )
