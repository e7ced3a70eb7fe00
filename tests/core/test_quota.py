"""Who hears that events were refused."""

import pytest
from tests.core.routing import ANA, BEN, CID, MAIL_ONLY, ORGANIZATION, PROJECT, a_directory, held_back, told

from tocsin.core.follow import tell_members
from tocsin.core.people import OrganizationDefault, Preference, Scope
from tocsin.core.plan import Routed
from tocsin.core.quota import asked
from tocsin.core.reasons import Reason


def heard(*choices: Preference, **columns) -> Routed:
    """Cid manages the organization; Ana and Ben are in the project."""
    here = a_directory(preferences={one.user_id: (one,) for one in choices}, **columns)
    return tell_members(asked(here, [CID.id], PROJECT, "Limit reached", "limit:1"), here, MAIL_ONLY)


def chose(person, value: str) -> Preference:
    return Preference(1, person.id, Scope.ORGANIZATION, ORGANIZATION, "quota", value)


def test_managers_hear_and_members_do_not():
    assert told(heard()) == [CID.email]


def test_a_member_of_the_project_who_chose_it_hears_too():
    assert told(heard(chose(BEN, "always"))) == [CID.email, BEN.email]


def test_a_manager_who_declined_is_suppressed_with_the_reason():
    outcome = heard(chose(CID, "never"))

    assert (told(outcome), held_back(outcome)) == ([], {CID.email: Reason.PREFERENCE_NEVER})


def test_who_is_not_in_the_project_does_not_hear_by_choosing_it():
    here = a_directory(preferences={CID.id: (chose(CID, "always"),)})

    assert asked(here, [], PROJECT, "Limit reached", "limit:1").user_ids == ()


@pytest.mark.parametrize(("value", "hear"), [("always", [CID.email, ANA.email, BEN.email]), ("never", [])])
def test_the_organizations_default_holds_for_whoever_chose_nothing(value, hear):
    assert told(heard(defaults=(OrganizationDefault(1, "quota", value),))) == hear


def test_each_is_told_why():
    (planned,) = heard().planned

    assert planned.reason == "you manage this organization, or chose to hear of limits"


def test_the_trace_begins_with_what_happened():
    first = heard().trace[0]

    assert (first.subject, first.reason) == ("limit:1", Reason.LIMIT_REACHED)
