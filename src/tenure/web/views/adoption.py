"""The page Adoption: features by account, funnels, coming back, and questions to the events."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible, owners_now
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.roles import Permission
from tenure.metrics.models import SavedQuestion
from tenure.metrics.questions import GRAINS, MEASURES, OPERATORS, SPLITS, Filter, Question
from tenure.metrics.questions.asked import MOST_FILTERS
from tenure.metrics.selectors.questions import (
    FeatureBook,
    feature_book,
    question_asked,
    questions_of,
)
from tenure.metrics.services.questions import question_retire, question_save
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.adoption.asking import answer_shown, csv_of
from tenure.web.adoption.choices import (
    GROUPS,
    MOST_STEPS,
    ORIGINS,
    RETURN_GROUPS,
    STEPS_OF_TIME,
    UNITS,
    FunnelChoices,
    ReturnChoices,
    one_of,
    query_of,
    question_read,
    texts,
)
from tenure.web.adoption.comebacks import return_shown
from tenure.web.adoption.features import (
    MOST_COLUMNS,
    MOST_RATES,
    SHOWN,
    columns_of,
    order_of,
    rates_of,
    rows_of,
    use_of,
)
from tenure.web.adoption.funnels import funnel_shown
from tenure.web.adoption.reader import Reader, options
from tenure.web.listing.export import Line, safe_cell

PAGE_SIZE = 50
TABS: tuple[tuple[str, Promise], ...] = (
    ("adoption", gettext_lazy("Features")),
    ("adoption_funnel", gettext_lazy("Funnel")),
    ("adoption_return", gettext_lazy("Coming back")),
    ("adoption_questions", gettext_lazy("Questions")),
)


def _reader(request: HttpRequest) -> Reader:
    return Reader(request.GET, accounts_visible(user_of(request)))


def _draw(
    request: HttpRequest, tab: str, reader: Reader, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    tabs = [(name, reverse(key), key == tab) for key, name in TABS]
    shared = {"tabs": tabs, "here": reverse(tab), "sees_all": sees_all, "today": clock.today()}
    offered = options(reader, owners_now() if sees_all else None)
    template = f"pages/adoption/{tab.removeprefix('adoption_')}.html"
    return render(request, template, shared | offered | context, status=status)


@page(*SEE_ACCOUNTS)
def features(request: HttpRequest) -> HttpResponse:
    """Which account uses which feature, and how many use each."""
    reader, book = _reader(request), feature_book()
    if book is None or not book.features:
        return _draw(request, "adoption", reader, {"book": None, "refreshed": book is not None})
    return _draw(request, "adoption", reader, {"book": book, **_matrix(request, reader, book)})


def _matrix(request: HttpRequest, reader: Reader, book: FeatureBook) -> dict[str, Any]:
    shown = one_of(request.GET.get("show"), SHOWN, "people")
    use = use_of(book, reader.members)
    columns = columns_of(use, texts(request.GET, "feature", MOST_COLUMNS))
    order, key, down = order_of(use, reader, request.GET.get("sort", ""), shown)
    places = Paginator(order, PAGE_SIZE).get_page(request.GET.get("page"))
    rates = rates_of(use, reader.members)
    return {
        "rates": rates,
        "listed": rates.rows[:MOST_RATES],
        "shown": shown,
        "shows": SHOWN.items(),
        "columns": [(str(place), book.features[place]) for place in columns],
        "all_features": book.features,
        "chosen": {book.features[place] for place in columns},
        "sort": key,
        "down": down,
        "page": places,
        "rows": list(rows_of(use, reader.members, places.object_list, columns, shown)),  # type: ignore[arg-type]
    }


@page(*SEE_ACCOUNTS)
def features_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole matrix of the accounts and features chosen; with all=1, of every feature."""
    reader, book = _reader(request), feature_book()
    return _download(_matrix_lines(request, reader, book), "features")


def _matrix_lines(request: HttpRequest, reader: Reader, book: FeatureBook | None) -> Iterator[str]:
    writer = csv.writer(Line())
    if book is None:
        yield writer.writerow(["account", "features"])
        return
    shown = one_of(request.GET.get("show"), SHOWN, "people")
    use = use_of(book, reader.members)
    columns = columns_of(use, texts(request.GET, "feature", MOST_COLUMNS))
    if request.GET.get("all"):
        columns = list(range(min(len(book.features), MOST_COLUMNS)))
    order, _key, _down = order_of(use, reader, request.GET.get("sort", ""), shown)
    head = ["account", "features", *(safe_cell(book.features[place]) for place in columns)]
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(head)
    for row in rows_of(use, reader.members, order, columns, shown):
        yield writer.writerow([safe_cell(row.name), row.breadth, *(c.value for c in row.cells)])


def _download(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    file = f"{name}-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


@page(*SEE_ACCOUNTS)
def funnel(request: HttpRequest) -> HttpResponse:
    """Who goes through chosen steps, and where the others stay behind."""
    reader, book, choices = _reader(request), feature_book(), FunnelChoices.read(request.GET)
    context: dict[str, Any] = {
        "choices": choices,
        "book": book if book and book.features else None,
        "names": book.features if book else (),
        "slots": [*choices.steps, *([""] * MOST_STEPS)][:MOST_STEPS],
        "units": UNITS.items(),
        "groups": GROUPS.items(),
        "found": None,
        "problems": [],
    }
    if choices.asked:
        try:
            context["found"] = reader.kept("funnel", lambda: funnel_shown(reader, choices), choices)
        except TenureError as error:
            context["problems"] = [str(error)]
    return _draw(request, "adoption_funnel", reader, context, _status(context))


def _status(context: dict[str, Any]) -> int:
    return 422 if context["problems"] else 200


@page(*SEE_ACCOUNTS)
def comeback(request: HttpRequest) -> HttpResponse:
    """Who used it again, by when they began."""
    reader, book, choices = _reader(request), feature_book(), ReturnChoices.read(request.GET)
    context: dict[str, Any] = {
        "choices": choices,
        "names": book.features if book else (),
        "units": UNITS.items(),
        "groups": RETURN_GROUPS.items(),
        "origins": ORIGINS.items(),
        "steps": STEPS_OF_TIME.items(),
        "found": None,
        "problems": [],
    }
    try:
        context["found"] = reader.kept("comeback", lambda: return_shown(reader, choices), choices)
    except TenureError as error:
        context["problems"] = [str(error)]
    return _draw(request, "adoption_return", reader, context, _status(context))


@page(*SEE_ACCOUNTS)
def questions(request: HttpRequest) -> HttpResponse:
    """A question to the events, its answer, and the questions that are kept."""
    reader, book, question = _reader(request), feature_book(), question_read(request.GET)
    kept = [(one, _link(one)) for one in questions_of(user_of(request))]
    filters = [*question.filters, *([Filter("", "is")] * MOST_FILTERS)][:3]
    context: dict[str, Any] = {
        "question": question,
        "book": book if book and book.first else None,
        "filters_asked": filters if len(question.filters) < 3 else question.filters,
        "measures": MEASURES.items(),
        "grains": GRAINS.items(),
        "splits": SPLITS.items(),
        "operators": OPERATORS.items(),
        "kept": kept,
        "mine": user_of(request).pk,
        "asked_query": query_of(question),
        "found": None,
        "problems": [],
    }
    if request.GET.get("ask"):
        try:
            context["found"] = answer_shown(reader, question)
        except InvalidDefinition as error:
            context["problems"] = error.problems
        except TenureError as error:
            context["problems"] = [str(error)]
    return _draw(request, "adoption_questions", reader, context, _status(context))


def _link(kept: SavedQuestion) -> str:
    """A kept question asks of a period as long as it was, up to today."""
    question, today = Question.of_body(question_asked(kept).body), clock.today()
    length = question.last - question.first
    return query_of(replace(question, first=today - length, last=today))


@page(*SEE_ACCOUNTS)
def questions_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The answer as a file; what is wrong with the question goes back to the page."""
    try:
        shown = answer_shown(_reader(request), question_read(request.GET))
    except TenureError:
        return redirect(f"{reverse('adoption_questions')}?{request.GET.urlencode()}")
    return _download(csv_of(shown), "answer")


@require_POST
@page(*SEE_ACCOUNTS)
def question_keep(request: HttpRequest) -> HttpResponse:
    """Keep a question under a name."""
    query = QueryDict(request.POST.get("query", "")[:8000])
    try:
        question = question_read(query).checked()
        kept = question_save(
            actor=user_of(request),
            name=request.POST.get("name", ""),
            body=question.body(),
            shared=request.POST.get("shared") == "on",
        )
    except TenureError as error:
        messages.error(request, str(error))
        return redirect("adoption_questions")
    messages.success(request, _("The question %(name)s is kept.") % {"name": kept.name})
    return redirect(f"{reverse('adoption_questions')}?{query_of(question)}")


@require_POST
@page(*SEE_ACCOUNTS)
def question_forget(request: HttpRequest, question_id: int) -> HttpResponse:
    """Let go of one of the reader's own questions."""
    try:
        question_retire(actor=user_of(request), question_id=question_id)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The question is no longer listed; its versions stay."))
    return redirect("adoption_questions")
