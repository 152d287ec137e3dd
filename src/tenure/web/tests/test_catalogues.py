"""Compiling what translators write."""

import gettext

from tenure.web import catalogues

SOURCE = """
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\nContent-Type: text/plain; charset=UTF-8\\n"

msgid "Accounts"
msgstr "Konten"

msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] ""
msgstr[1] ""
"""


def test_what_is_not_translated_yet_is_shown_in_english(tmp_path, monkeypatch):
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(SOURCE)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    assert (catalogues.compile_catalogues(), catalogues.compile_catalogues()) == (1, 0)
    german = gettext.translation("django", tmp_path, ["de"])
    assert german.gettext("Accounts") == "Konten"
    assert german.ngettext("%(n)s day", "%(n)s days", 2) == "%(n)s days"
