import numpy as np

from tenure.engine.simulation import words
from tenure.engine.simulation.words import slug


def test_the_strange_names_are_among_the_accounts_as_they_are(world):
    given = set(world.population.names)
    assert sum(name in given for name, _ in words.HOSTILE) >= len(words.HOSTILE) - 2
    assert "<b>Müller & Söhne</b> GmbH" in given


def test_names_come_in_the_scripts_of_five_languages(world):
    text = "".join(world.population.names)
    assert all(letter in text for letter in "äöüßéë'’à华司🚀<&")
    assert any(name != name.strip() for name in world.population.names)


def test_domains_are_reserved_for_examples_and_unique(world):
    domains = world.population.domains
    assert all(d.endswith(".example") and d.isascii() and " " not in d for d in domains)
    assert len(set(domains)) == len(domains)


def test_subsidiaries_have_a_larger_parent_that_is_nobodys_subsidiary(world):
    parent, segment = world.population.parent, world.population.segment
    children = np.flatnonzero(parent >= 0)
    assert 0.02 < len(children) / len(parent) < 0.15
    assert (parent[parent[children]] == -1).all()
    assert (segment[parent[children]] == 2).all()


def test_accounts_sign_up_in_order_throughout_and_mostly_on_working_days(world):
    created = world.population.created
    assert (np.diff(created) >= 0).all()
    assert created[0] < 20
    assert world.grid.end - 21 < created[-1] < world.grid.end
    assert np.mean(created // 1 % 7 >= 5) < 0.15


def test_a_slug_is_plain_and_falls_back_when_nothing_is_left():
    assert slug("Müller & Söhne GmbH", "x") == "mueller-soehne-gmbh"
    assert slug("华星", "firma-3") == "firma-3"
    assert slug("<script>", "x") == "script"
