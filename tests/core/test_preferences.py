"""What holds at a place, and whose choice makes it so."""

from tocsin.core.people import Preference, Scope
from tocsin.core.preferences import Effective, Place, effective

ME, ORGANIZATION, SHOP = 7, 2, 5
EVERYWHERE = Place(Scope.USER, ME)
IN_SHOP = Place(Scope.PROJECT, SHOP, ORGANIZATION)


def a_choice(scope: Scope, scope_id: int, value: str, provider: str = "") -> Preference:
    return Preference(1, ME, scope, scope_id, "alerts", value, provider)


def test_without_a_choice_alerts_are_always_told():
    assert effective((), "alerts", "", IN_SHOP) == Effective("default", "always", None)


def test_a_choice_for_everywhere_holds_in_a_project_too():
    choices = (a_choice(Scope.USER, ME, "never"),)

    assert effective(choices, "alerts", "", IN_SHOP) == Effective("default", "never", Scope.USER)


def test_a_choice_for_the_project_wins_over_the_one_for_everywhere():
    choices = (a_choice(Scope.USER, ME, "never"), a_choice(Scope.PROJECT, SHOP, "always"))

    assert effective(choices, "alerts", "", IN_SHOP) == Effective("always", "always", Scope.PROJECT)


def test_a_choice_for_one_project_says_nothing_of_everywhere():
    choices = (a_choice(Scope.PROJECT, SHOP, "never"),)

    assert effective(choices, "alerts", "", EVERYWHERE) == Effective("default", "always", None)


def test_an_organizations_choice_holds_only_for_its_projects():
    choices = (a_choice(Scope.ORGANIZATION, ORGANIZATION, "never"),)
    elsewhere = Place(Scope.PROJECT, 6, 3)

    assert (effective(choices, "alerts", "", IN_SHOP).value, effective(choices, "alerts", "", elsewhere).value) == (
        "never",
        "always",
    )


def test_a_choice_of_one_service_leaves_the_others_alone():
    choices = (a_choice(Scope.USER, ME, "never", "email"),)

    assert effective(choices, "alerts", "inbox", EVERYWHERE).value == "always"
