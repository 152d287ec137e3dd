"""GET /api/v1/"""

import pytest

from tenure import __version__

pytestmark = pytest.mark.django_db


def test_it_says_what_answers_without_a_login_and_nothing_more(client):
    response = client.get("/api/v1/")
    assert response.json() == {"name": "tenure", "version": __version__, "api": "v1"}


def test_it_takes_nothing(client):
    assert client.post("/api/v1/").status_code == 405
