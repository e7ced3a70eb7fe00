"""What holds at a place, and whose word makes it so."""

import pytest

from tocsin.core.choices import TYPES
from tocsin.core.people import OrganizationDefault, Preference, Scope
from tocsin.core.standing import Place, Source, shared, standing, standing_default, types_at, values_of

ME, ACME, SHOP = 7, 2, 5
EVERYWHERE = Place(Scope.USER, ME)
IN_ACME = Place(Scope.ORGANIZATION, ACME)
IN_SHOP = Place(Scope.PROJECT, SHOP, ACME)
ALERTS, BY_MAIL = ("alerts", ""), ("alerts", "email")


def a_choice(scope: Scope, scope_id: int, value: str, provider: str = "") -> Preference:
    return Preference(scope_id, ME, scope, scope_id, "alerts", value, provider)


def a_default(value: str, provider: str = "", type_: str = "alerts") -> OrganizationDefault:
    return OrganizationDefault(1, type_, value, provider)


MINE = a_choice(Scope.USER, ME, "never")
OF_ACME = a_choice(Scope.ORGANIZATION, ACME, "always")
OF_SHOP = a_choice(Scope.PROJECT, SHOP, "never")


@pytest.mark.parametrize(
    ("choices", "defaults", "place", "value", "source"),
    [
        pytest.param((), (), IN_SHOP, "always", Source.PRODUCT, id="nobody chose: the product's own default"),
        pytest.param((), (a_default("never"),), IN_SHOP, "never", Source.DEFAULTS, id="the organization's default"),
        pytest.param(
            (MINE,), (a_default("always"),), IN_SHOP, "never", Source.USER, id="everywhere beats defaults"
        ),
        pytest.param(
            (MINE, OF_ACME), (), IN_SHOP, "always", Source.ORGANIZATION, id="organization beats everywhere"
        ),
        pytest.param((OF_ACME, OF_SHOP), (), IN_SHOP, "never", Source.PROJECT, id="project beats organization"),
        pytest.param(
            (OF_SHOP,), (), EVERYWHERE, "always", Source.PRODUCT, id="a project says nothing of everywhere"
        ),
        pytest.param((OF_ACME, MINE), (), EVERYWHERE, "never", Source.USER, id="nor does an organization"),
        pytest.param((OF_SHOP,), (), IN_ACME, "always", Source.PRODUCT, id="nor a project of its organization"),
        pytest.param(
            (a_choice(Scope.ORGANIZATION, 3, "never"),), (), IN_SHOP, "always", Source.PRODUCT, id="others' place"
        ),
    ],
)
def test_what_holds_and_whose_word_it_is(choices, defaults, place, value, source):
    found = standing(choices, defaults, ALERTS, place)

    assert (found.value, found.source) == (value, source)


def test_an_own_choice_is_told_apart_from_what_would_hold_without_it():
    found = standing((MINE, OF_SHOP), (), ALERTS, IN_SHOP)

    assert (found.own, found.inherited, found.inherited_from) == ("never", "never", Source.USER)


def test_a_place_without_a_choice_of_its_own_says_default():
    assert standing((MINE,), (), ALERTS, IN_SHOP).own == "default"


def test_a_choice_of_one_service_leaves_the_others_alone():
    choices = (a_choice(Scope.USER, ME, "never", "email"),)

    assert standing(choices, (), ("alerts", "inbox"), EVERYWHERE).value == "always"
    assert standing(choices, (), BY_MAIL, EVERYWHERE).value == "never"


def test_a_service_that_is_off_by_itself_is_off_without_a_choice():
    assert standing((), (), BY_MAIL, EVERYWHERE, otherwise=False).value == "never"


def test_an_organizations_default_stands_against_the_products_own():
    found = standing_default((a_default("never"),), ALERTS)

    assert (found.own, found.value, found.inherited) == ("never", "never", "always")
    assert standing_default((), ALERTS).own == "default"


def test_everywhere_only_what_all_organizations_agree_on_is_a_default():
    mine = {
        1: (a_default("never"), a_default("never", "email")),
        2: (a_default("never"), a_default("always", "email")),
    }

    assert shared(mine) == [a_default("never")]


def test_without_an_organization_there_is_no_default_of_one():
    assert shared({}) == []


def test_a_project_has_only_what_happens_in_one():
    assert [one.slug for one in types_at(Scope.PROJECT)] == ["alerts", "workflow"]
    assert len(types_at(Scope.ORGANIZATION)) == len(types_at(Scope.USER)) == len(TYPES)


def test_a_service_is_on_or_off_whatever_the_type_offers():
    assert values_of(TYPES["workflow"], "email") == ("always", "never")
    assert values_of(TYPES["workflow"], "") == ("always", "subscribe_only", "never")
