"""Books made of periods written as one line each."""

from datetime import datetime

from tenure.engine.money import ChurnRule
from tenure.engine.money.tests.books import EUR, at, book
from tenure.engine.retention import Book, book_of


def books_of(*lines: str, as_of: str | datetime = "2025-01-01", days: int = 0) -> Book:
    """The books of lines as `money.tests.books.book` reads them."""
    moment = at(as_of) if isinstance(as_of, str) else as_of
    return book_of(book(*lines), moment, EUR, ChurnRule(contractual_days=days))
