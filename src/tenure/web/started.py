"""What a process does once before it serves pages."""

import gc

from django.urls import get_resolver

YOUNG = 20_000
"""Objects made and kept before garbage is looked for: a page of rows makes that many (700 is what
Python comes with, which costs a page a quarter of its time)."""
OLDER = 20
"""Searches of the young before the older are searched, and of those before all are."""


def get_ready() -> None:
    """Load every page, and leave what is loaded out of the search for garbage from here on.

    Otherwise a request now and then waits until some hundred thousand objects have been looked
    through that live as long as the process: longer than it takes to make its page. What requests
    make is looked through less often too, as nearly all of it goes without a search.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
