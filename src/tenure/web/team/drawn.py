"""The hours of the team as a chart."""

from django.utils.translation import gettext as _

from tenure.web.figures import Chart, Series
from tenure.web.team.books import Team
from tenure.web.templatetags.formats import number, share


def load_chart(team: Team) -> Chart | None:
    """Hours needed beside hours had, of each person; None without anybody."""
    books = [book for book in team.books if book.person]
    if not books:
        return None
    told = _("Together they need %(need)s of %(hours)s hours a week: %(load)s.")
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
            "need": number(team.need, 1),
            "hours": number(team.hours, 1),
            "load": share(team.load),
        },
        note=_("needed by the definition, had as stated or assumed"),
    )
