"""What a server does once before it serves pages."""

import gc
from collections.abc import Iterator

import pytest
from django.urls import get_resolver

from tenure.web.started import OLDER, YOUNG, get_ready


@pytest.fixture
def thawed() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.once
def test_what_is_loaded_is_left_out_of_the_search_for_garbage(thawed: None) -> None:
    gc.unfreeze()
    get_ready()
    frozen = gc.get_freeze_count()
    assert frozen > 100_000
    views = get_resolver().url_patterns
    assert not any(one is views for one in gc.get_objects())


@pytest.mark.once
def test_a_server_looks_for_garbage_once_a_page_rather_than_many_times(thawed: None) -> None:
    get_ready()
    assert gc.get_threshold() == (YOUNG, OLDER, OLDER)
    assert gc.isenabled()
