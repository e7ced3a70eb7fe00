import pytest
from tests.conditions.asking import an_issue, ask, facts, in_words

from tocsin.core.fields import InvalidFieldsError

ASSIGNED = "sentry.rules.filters.assigned_to.AssignedToFilter"
NOBODY, ANA, TEAM_5 = {}, {"assignee_user_id": 7}, {"assignee_team_id": 5}


@pytest.mark.parametrize(
    ("assignee", "target", "identifier", "held"),
    [
        (NOBODY, "Unassigned", "", True),
        (ANA, "Unassigned", "", False),
        (TEAM_5, "Unassigned", "", False),
        (ANA, "Member", 7, True),
        (ANA, "Member", "8", False),
        (ANA, "Team", 7, False),
        (TEAM_5, "Team", "5", True),
        (TEAM_5, "Member", "5", False),
        (NOBODY, "Member", "7", False),
    ],
)
def test_it_holds_for_whoever_has_the_issue(assignee, target, identifier, held):
    about = facts(issue=an_issue(**assignee))

    assert ask(ASSIGNED, about, targetType=target, targetIdentifier=identifier) is held


@pytest.mark.parametrize("options", [{}, {"targetType": "Member"}, {"targetType": "IssueOwners"}])
def test_it_has_to_say_whom(options):
    with pytest.raises(InvalidFieldsError):
        ask(ASSIGNED, facts(), **options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"targetType": "Unassigned"}, "The issue is assigned to nobody"),
        ({"targetType": "Team", "targetIdentifier": "5"}, "The issue is assigned to team 5"),
    ],
)
def test_it_reads_as_a_sentence(options, sentence):
    assert in_words(ASSIGNED, **options) == sentence
