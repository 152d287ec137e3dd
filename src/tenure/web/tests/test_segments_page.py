"""Segments on the pages: the builder, previews, sharing, books, filters everywhere, exports."""

import pytest
from django.test import Client
from django.utils.html import escape

from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.segments.models import Segment
from tenure.segments.selectors import definition_of, members_of
from tenure.segments.services import segment_create, segment_retire, segment_save
from tenure.segments.shipped import examples
from tenure.web.models import SavedView
from tenure.web.tests.factories import account_make, derived_make, plans_make

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script>"


def country(*codes, title="Dutch"):
    rule = {"field": "account.country", "op": "one_of", "value": list(codes)}
    return {"title": title, "all": [rule]}


@pytest.fixture
def book(users):
    """Two Dutch accounts and a German one, of the manager; a Dutch one of somebody else."""
    other = user_create(actor=None, email="other@example.com", role=Role.CSM)
    made = {
        name: account_make(name, owner=owner, country=code)
        for name, owner, code in (
            ("Aster", users[Role.CSM], "NL"),
            ("Birch", users[Role.CSM], "NL"),
            ("Cedar", users[Role.CSM], "DE"),
            ("Delta", other, "NL"),
        )
    }
    derived_make(list(made.values()), plans_make())
    return made


@pytest.fixture
def csm(users, book, sign_in):
    return sign_in(Role.CSM)


@pytest.fixture
def dutch(users, book):
    return segment_create(actor=users[Role.CSM], body=country("NL"), shared=True)


@pytest.fixture
def private(users, book):
    return segment_create(actor=users[Role.CSM], body=country("NL", title="Mine alone"))


def form(do="save", *, title="Dutch", mode="all", **rows):
    """The builder's form with one condition on the country."""
    return {
        "do": do, "title": title, "mode": mode, "item": ["1"], "in-1": "0",
        "field-1": "account.country", "op-1": "one_of", "value-1": ["NL"], **rows,
    }  # fmt: skip


def text(answer):
    return answer.content.decode()


def test_the_list_shows_size_and_owner_and_counts_the_own_book_only(csm, dutch, sign_in):
    own, whole = (
        text(csm.get("/accounts/segments")),
        text(sign_in(Role.ADMIN).get("/accounts/segments")),
    )
    assert "Accounts where Country is NL." in own
    assert '<td class="tn-num">2</td>' in own
    assert '<td class="tn-num">3</td>' in whole


def test_an_empty_list_says_what_to_do(csm):
    answer = text(csm.get("/accounts/segments"))
    assert "No segments yet" in answer
    assert all(escape(body["title"]) in answer for body in examples().values())


def test_a_segment_is_built_previewed_and_saved(csm, book):
    begun = text(csm.get("/accounts/segments/new"))
    assert "Add a condition to see at once" in begun
    added = text(csm.post("/accounts/segments/new", {"do": "add:0:account.country", "mode": "all"}))
    assert 'name="field-1"' in added
    assert "choose at least one value of Country" in added
    shown = text(csm.post("/accounts/segments/new", form("preview")))
    assert "Would belong" in shown
    assert "Aster" in shown
    assert "Delta" not in shown
    assert not Segment.objects.exists()
    answer = csm.post("/accounts/segments/new", form())
    segment = Segment.objects.get()
    assert answer.headers["Location"] == f"/accounts/segments/{segment.pk}"
    assert (segment.title, segment.shared, segment.owner.email) == (
        "Dutch",
        False,
        "csm@example.com",
    )
    assert members_of(segment) == {book[name].pk for name in ("Aster", "Birch", "Delta")}


def test_the_live_count_comes_alone_and_counts_the_own_book(csm):
    answer = text(csm.post("/accounts/segments/new", form("", title=""), HTTP_HX_TARGET="verdict"))
    assert "<html" not in answer
    assert "Accounts where Country is NL." in answer
    assert '<strong class="tn-fig">2</strong>' in answer


def test_rows_and_groups_come_and_go(csm):
    url, target = "/accounts/segments/new", {"HTTP_HX_TARGET": "builder"}
    grouped = text(csm.post(url, form("group"), **target))
    assert 'name="mode-2"' in grouped
    post = form("add:2:health.score", item=["1", "2"], **{"mode-2": "none"})
    inner = text(csm.post(url, post, **target))
    assert '<input type="hidden" name="in-3" value="2">' in inner
    assert "Group 2, condition 1" in inner
    whole = form(
        item=["1", "2", "3"],
        **{
            "mode-2": "none",
            "in-3": "2",
            "field-3": "health.score",
            "op-3": "below",
            "value-3": "40,5",
        },
    )
    gone = text(csm.post(url, {**whole, "do": "remove:2"}, **target))
    assert "health.score" not in gone.split("Find a field")[0].replace('value="health.score">', "")
    csm.post(url, whole)
    kept = definition_of(Segment.objects.get()).rule
    assert kept.items[1].mode == "none"
    assert kept.items[1].items[0].given == (40.5,)


def test_choosing_another_field_changes_the_comparison_with_it(csm):
    post = form("", **{"field-1": "contract.renews_at"})
    answer = text(csm.post("/accounts/segments/new", post, HTTP_HX_TARGET="builder"))
    assert '<option value="in_next" selected>' in answer


def test_nonsense_in_the_form_is_left_out(csm):
    post = {
        "do": "add:7:nothing", "mode": "x" * 500, "item": ["²", "-1", "1", "1", "99999999"],
        "in-1": "77", "field-1": "\x00", "op-1": "drop", "title": HOSTILE + "\x00",
    }  # fmt: skip
    answer = csm.post("/accounts/segments/new", post)
    assert answer.status_code == 200
    assert HOSTILE not in text(answer)


def test_faults_are_said_and_nothing_is_kept(csm):
    answer = csm.post("/accounts/segments/new", form(title="", **{"value-1": []}))
    assert answer.status_code == 422
    assert "The title must be some words" in text(answer)
    assert not Segment.objects.exists()


def test_a_change_shows_who_would_enter_and_leave(csm, dutch, book):
    post = form("preview", **{"value-1": ["DE"]})
    answer = text(csm.post(f"/accounts/segments/{dutch.pk}/edit", post))
    enter, _title, leave = answer.partition('id="leaving"')
    enter = enter.partition('id="entering"')[2]
    assert "Cedar" in enter
    assert "Aster" in leave
    assert "Delta" not in answer
    csm.post(f"/accounts/segments/{dutch.pk}/edit", {**post, "do": "save", "note": "moved"})
    dutch.refresh_from_db()
    assert (dutch.version, members_of(dutch)) == (2, {book["Cedar"].pk})
    csm.post(f"/accounts/segments/{dutch.pk}/restore/1")
    dutch.refresh_from_db()
    assert dutch.version == 3


@pytest.mark.parametrize("key", list(examples()))
def test_every_example_opens_in_the_builder(csm, key):
    answer = csm.get(f"/accounts/segments/new?example={key}")
    assert "Accounts where " in text(answer)
    assert escape(examples()[key]["title"]) in text(answer)


def test_the_page_of_one_has_charts_with_words_members_moves_and_versions(csm, dutch, users):
    segment_save(actor=users[Role.CSM], segment=dutch, body=country("NL", "DE"))
    answer = text(csm.get(f"/accounts/segments/{dutch.pk}"))
    assert "Show as table" in answer
    assert "1 account entered" in answer
    assert "the rule was changed" in answer
    assert "Cedar" in answer
    assert "Delta" not in answer


def test_fields_are_found_by_words(csm):
    answer = text(csm.get("/accounts/segments/fields?words=health+score&within=3"))
    assert 'value="add:3:health.score"' in answer
    assert "account.country" not in answer
    assert "No field has these words" in text(csm.get("/accounts/segments/fields?words=zzz"))
    assert "add:0:" in text(csm.get("/accounts/segments/fields?within=<x>"))


def test_a_private_segment_is_absent_for_everybody_else(private, sign_in):
    admin = sign_in(Role.ADMIN)
    for path in ("", "/edit", "/text", ".yaml", "/history.csv"):
        assert admin.get(f"/accounts/segments/{private.pk}{path}").status_code == 404
    for path in ("/share", "/retire", "/restore/1"):
        assert admin.post(f"/accounts/segments/{private.pk}{path}").status_code == 404
    assert admin.get(f"/accounts/segments/new?like={private.pk}").status_code == 404
    assert "Mine alone" not in text(admin.get("/accounts/segments"))
    listed = text(admin.get(f"/accounts?segment=@{private.pk}"))
    assert "Mine alone" not in listed
    assert "Aster" not in listed
    assert "No account passes these filters" in listed


def test_a_viewer_reads_shared_segments_and_makes_none(dutch, sign_in):
    viewer = sign_in(Role.VIEWER)
    page = text(viewer.get(f"/accounts/segments/{dutch.pk}"))
    assert f"/accounts/segments/{dutch.pk}/edit" not in page
    assert "New segment" not in text(viewer.get("/accounts/segments"))
    for path in ("new", "text", "fields", f"{dutch.pk}/edit"):
        assert viewer.get(f"/accounts/segments/{path}").status_code == 403
    for path in ("share", "retire", "restore/1"):
        assert viewer.post(f"/accounts/segments/{dutch.pk}/{path}").status_code == 403


def test_a_colleague_gets_a_copy_instead_of_somebody_elses_segment(dutch, book):
    from tenure.core.models import User

    other = Client()
    other.force_login(User.objects.get(email="other@example.com"))
    answer = other.get(f"/accounts/segments/{dutch.pk}/edit", follow=True)
    assert answer.redirect_chain[0][0] == f"/accounts/segments/new?like={dutch.pk}"
    assert "Dutch, copy" in text(answer)
    other.post(f"/accounts/segments/{dutch.pk}/edit", form(**{"value-1": ["DE"]}))
    other.post(f"/accounts/segments/{dutch.pk}/retire")
    dutch.refresh_from_db()
    assert (dutch.version, dutch.retired_at) == (1, None)


def test_without_signing_in_there_is_nothing(dutch):
    answer = Client().get(f"/accounts/segments/{dutch.pk}")
    assert answer.headers["Location"].startswith("/account/login/")


def test_sharing_retiring_and_coming_back(csm, private, sign_in):
    csm.post(f"/accounts/segments/{private.pk}/share", {"shared": "yes"})
    admin = sign_in(Role.ADMIN)
    assert admin.get(f"/accounts/segments/{private.pk}").status_code == 200
    csm.post(f"/accounts/segments/{private.pk}/share", {"shared": "no"})
    assert admin.get(f"/accounts/segments/{private.pk}").status_code == 404
    csm.post(f"/accounts/segments/{private.pk}/retire")
    assert "retired" in text(csm.get(f"/accounts/segments/{private.pk}"))
    csm.post(f"/accounts/segments/{private.pk}/retire", {"again": "yes"})
    private.refresh_from_db()
    assert private.retired_at is None


@pytest.mark.parametrize("page", ["/accounts", "/ladder", "/renewals", "/retention"])
def test_every_page_of_accounts_can_be_narrowed_to_a_segment(csm, dutch, page):
    answer = csm.get(f"{page}?segment=@{dutch.pk}")
    assert answer.status_code == 200
    assert f'<option value="@{dutch.pk}" selected>Dutch</option>' in text(answer)
    assert csm.get(f"{page}?segment=@999999999999999").status_code == 200


def test_the_list_and_its_export_hold_the_members_of_the_own_book(csm, dutch):
    listed = text(csm.get(f"/accounts?segment=@{dutch.pk}"))
    assert all(name in listed for name in ("Aster", "Birch"))
    assert "Cedar" not in listed
    lines = b"".join(csm.get(f"/accounts.csv?segment=@{dutch.pk}")).decode().splitlines()
    assert len(lines) == 3


def test_the_ladder_counts_a_segment_anew_when_its_rule_changes(csm, dutch, users):
    def count():
        answer = csm.get(f"/ladder?segment=@{dutch.pk}")
        return sum(rung.accounts for rung in answer.context["rungs"])

    assert count() == 2
    segment_save(actor=users[Role.CSM], segment=dutch, body=country("DE"))
    assert count() == 1
    segment_retire(actor=users[Role.CSM], segment=dutch)
    assert count() == 0


def test_filters_of_the_list_become_a_segment_of_the_same_accounts(csm, book, dutch):
    query = f"q=b&level=none&band=good&renews=90&flag=notice&mrr_min=100&tier=2&segment=@{dutch.pk}"
    assert "Make a segment of these filters" in text(csm.get(f"/accounts?{query}"))
    answer = text(csm.get(f"/accounts/segments/new?{query}"))
    said = (
        "(Name contains “b” or Domain contains “b” or Id is “b”) and Country is NL and Tier equals"
        " 2 and Level is unknown and Health is good and Renewal date is within the next 90 days and"
        " “Notice to leave given” is so and MRR is at least 100"
    )
    assert said in answer


def test_a_kept_view_by_a_segment_is_counted_as_a_use(csm, dutch, users):
    query = f"segment=%40{dutch.pk}&sort=name"
    SavedView.objects.create(
        user=users[Role.CSM], page="accounts", name="v", query=query, created_at=dutch.created_at
    )
    assert "1 kept view" in text(csm.get("/accounts/segments"))


def test_text_goes_out_and_comes_in_again(csm, dutch):
    out = csm.get(f"/accounts/segments/{dutch.pk}.yaml").content.decode()
    assert "op: one_of" in out
    shown = csm.post("/accounts/segments/text", {"text": out, "do": "preview"})
    assert "Would belong" in text(shown)
    csm.post("/accounts/segments/text", {"text": out, "do": "save"})
    assert Segment.objects.filter(title="Dutch").count() == 2
    answer = csm.post(f"/accounts/segments/{dutch.pk}/text", {"text": "all: [1", "do": "save"})
    assert answer.status_code == 422
    bad = csm.post("/accounts/segments/text", {"text": "title: x\nall: [{field: no}]"})
    assert bad.status_code == 422
    assert "no field" in text(bad)


def test_the_history_is_exported_without_formulas(csm, users, book):
    book["Aster"].name = "=1+1"
    book["Aster"].save()
    segment = segment_create(actor=users[Role.CSM], body=country("NL", title=HOSTILE))
    answer = csm.get(f"/accounts/segments/{segment.pk}/history.csv")
    lines = b"".join(answer).decode().splitlines()
    assert len(lines) == 3
    assert ",'=1+1," in lines[1]
    for path in ("", "/edit", "/text"):
        assert HOSTILE not in text(csm.get(f"/accounts/segments/{segment.pk}{path}"))


def test_an_attribute_that_looks_like_no_segment_still_narrows(csm, book):
    book["Aster"].segment = "@home"
    book["Aster"].save()
    listed = text(csm.get("/accounts?segment=@home"))
    assert "Aster" in listed
    assert "Birch" not in listed
