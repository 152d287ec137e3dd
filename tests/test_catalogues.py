"""What holds for the catalogue of every language; completeness is `make languages`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from checking import forms_of, placeholders, texts_of  # noqa: E402
from messages import LANGUAGES, merged, read, template  # noqa: E402

pytestmark = pytest.mark.once

# The two relationships are two words in every language: customer, client.
WORDS = {
    "de": (r"kund(e|en|in|innen)?", r"klient"),
    "nl": (r"klant", r"cliënt"),
    "it": (r"acquirent[ei]", r"client[ei] fedel[ei]"),
    "zh_Hans": (r"顾客", r"客户"),
}
# English messages in which a word of the two does not name a relationship: (message, language).
EXCEPTIONS: frozenset[tuple[str, str]] = frozenset()


def translated(language):
    for message in read(language):
        if message.id and not message.fuzzy:
            for form in filter(None, forms_of(message)):
                yield message, form


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_loses_or_adds_a_placeholder(language):
    for message, form in translated(language):
        allowed = [placeholders(text) for text in texts_of(message)]
        assert placeholders(form) in allowed, texts_of(message)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_and_clients_stay_two_words(language):
    wrong = []
    for message, form in translated(language):
        english = " ".join(texts_of(message)).lower()
        # A name as "customer success" is one word more; see the guide on languages.
        for word, wanted in zip(("customer", "client"), WORDS[language], strict=True):
            used = re.search(
                rf"\b{word}s?\b", re.sub(r"%\(\w+\)|\bcustomer success\b", "", english)
            )
            if used and not re.search(wanted, form.lower()):
                wrong.append(f"{word}: {english} → {form}")
    kept = [
        line
        for line in wrong
        if not any(text in line and code == language for text, code in EXCEPTIONS)
    ]
    assert not kept, "\n".join(kept)


def test_what_was_translated_survives_a_new_extraction():
    source = template()
    old = read("de")
    first = next(message for message in old if message.id and not message.pluralizable)
    first.string = "Versuch"
    new = merged(source, old, "de")
    assert new.get(first.id, first.context).string == "Versuch"


def test_an_unfinished_catalogue_fails_the_check(tmp_path):
    from babel.messages.catalog import Catalog
    from checking import faults

    one = Catalog(locale="de", fuzzy=False)
    one.add("%(n)s of <b>%(m)s</b>", "%(n)s von %(k)s")
    one.add("Missing", "")
    one.add("Doubtful", "Zweifelhaft", flags={"fuzzy"})
    one.add(("%(n)s day", "%(n)s days"), ("ein Tag", "Tage"))
    found = " ".join(faults(one))
    for fault in ("lacks %(m)s", "%(k)s too many", "not translated", "fuzzy", "lacks %(n)s"):
        assert fault in found


def test_catalogues_are_compiled_where_django_reads_them():
    done = subprocess.run(
        [sys.executable, "tools/messages.py", "compile"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0
    for language in LANGUAGES:
        place = ROOT / "src" / "tenure" / "locale" / language / "LC_MESSAGES"
        assert (place / "django.mo").exists()
