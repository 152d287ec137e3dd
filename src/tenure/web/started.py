"""What a process does once before it serves pages."""

import gc

from django.urls import get_resolver


def get_ready() -> None:
    """Load every page, and leave what is loaded out of the search for garbage from here on.

    Otherwise a request now and then waits until some hundred thousand objects have been looked
    through that live as long as the process: longer than it takes to make its page.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
