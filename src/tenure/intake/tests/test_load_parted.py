"""CSV that has semicolons or tabs between its cells, as spreadsheets of many countries write it."""

import pytest

from tenure.accounts.models import Account
from tenure.events.selectors import store_snapshot
from tenure.intake.loading import LoadRefused, load_folder
from tenure.intake.models import Reject
from tenure.timeline.models import Touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_header_without_commas_may_part_its_cells_by_another_mark(folder, mark):
    lines = ("id,name,size", 'a,"Aster, Inc.",4', "b,Birch,7")
    rows = [line.replace(",", mark).replace(f"r{mark} I", "r, I") for line in lines]
    (folder / "accounts.csv").write_bytes("\ufeff".encode() + "\r\n".join(rows).encode())
    (report,) = load_folder(folder).tables
    assert (report.loaded, report.rejected) == (2, 0)
    account = Account.objects.get(external_id="a")
    assert account.name == "Aster, Inc."


def test_a_bad_row_among_semicolons_is_shown_as_it_stands(folder):
    (folder / "accounts.csv").write_text('id;name\na;A;more\nb;"B"x;\nc;C\n')
    (report,) = load_folder(folder).tables
    assert (report.loaded, report.rejected) == (1, 2)
    first, second = Reject.objects.order_by("line")
    assert (first.value, first.reason) == ("a;A;more", "the row has 3 cells, the header 2")
    assert second.reason.endswith("more than a semicolon")


def test_semicolons_within_a_cell_of_a_file_with_commas_stay(folder):
    (folder / "accounts.csv").write_text("id,name\na,A\n")
    (folder / "people.csv").write_text("id,account_id\np1,a\np2,a\n")
    (folder / "touchpoints.csv").write_text(
        "id,account_id,kind,occurred_at,person_ids\nt,a,call,2026-01-02,p1;p2\n"
    )
    assert load_folder(folder).rejected == 0
    assert Touchpoint.objects.get().people.count() == 2


def test_events_may_be_parted_by_semicolons_too(folder):
    (folder / "events.csv").write_text(
        "event;timestamp;user_id;properties\n"
        'opened;2026-01-02;u;"{""a"": 1}"\n'
        "opened;2026-01-03;u;{not json\n"
    )
    (report,) = load_folder(folder).tables
    assert (report.loaded, report.rejected) == (1, 1)
    assert store_snapshot().rows == 1


def test_one_column_without_any_mark_is_just_a_wrong_header(folder):
    (folder / "accounts.csv").write_text("id|name\na|A\n")
    with pytest.raises(LoadRefused, match="required columns 'id', 'name' are missing"):
        load_folder(folder)
