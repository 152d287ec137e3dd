"""Addresses of letters, and of who is left in peace."""

from django.urls import URLPattern, path

from tenure.web.views import letters, peace

LETTER = "letters/<int:letter_id>"
PEACE = "accounts/<int:account_id>/peace"
urlpatterns: list[URLPattern] = [
    path("letters", letters.letters, name="letters"),
    path("letters/new", letters.letter_new, name="letter_new"),
    path("letters/print", letters.letters_print, name="letters_print"),
    path(LETTER, letters.letter, name="letter"),
    path(f"{LETTER}/edit", letters.letter_edit, name="letter_edit"),
    path(f"{LETTER}/mail", letters.letter_mail, name="letter_mail"),
    path(f"{LETTER}/discard", letters.letter_discard, name="letter_discard"),
    path(PEACE, peace.peace, name="account_peace"),
    path(f"{PEACE}/add", peace.peace_add, name="peace_add"),
    path(f"{PEACE}/<int:peace_id>/end", peace.peace_remove, name="peace_remove"),
]
