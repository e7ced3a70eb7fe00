from dataclasses import dataclass

import pytest
from tests.conditions.asking import EVERY_EVENT, REGRESSION, a_rule, node

from tocsin.core.fields import choice, some, text
from tocsin.core.people import Connection, Directory, Person, Team
from tocsin.core.registry import Audience, RuleAction
from tocsin.core.rule_words import line, named, sentence, whole


@dataclass(frozen=True)
class Options:
    workspace: str = text("Workspace")
    match: str = choice("Match", {"eq": "is", "ne": "is not"}, default="eq")
    note: str = text("Note")


def an_action(words):
    return RuleAction(("x",), Audience.DESTINATION, Options, words)


def test_a_choice_is_shown_by_its_words_and_an_id_by_its_name():
    words = sentence(an_action("To {workspace}, which {match} it"), Options("7", "ne"), {"workspace": "Acme"})

    assert words == "To Acme, which is not it"


def test_an_empty_option_leaves_no_gap():
    assert sentence(an_action("Note {note} that"), Options("7")) == "Note that"


def test_a_part_whose_options_are_empty_is_left_out():
    action = an_action("Send it to {workspace}[, with the note {note}]")

    assert sentence(action, Options("7")) == "Send it to 7"
    assert sentence(action, Options("7", note="Call Ana")) == "Send it to 7, with the note Call Ana"


@dataclass(frozen=True)
class Open:
    later: str = choice("Later", {"": "as ever", "anew": "anew"}, default="")


def test_a_choice_that_is_left_open_says_nothing():
    action = RuleAction(("x",), Audience.DESTINATION, Open, "Say it[, later {later}]")

    assert sentence(action, Open()) == "Say it"
    assert sentence(action, Open("anew")) == "Say it, later anew"


def test_what_a_note_holds_is_never_taken_for_a_part():
    assert sentence(an_action("Say[ {note}]"), Options("7", note="[{match}]")) == "Say [{match}]"


def test_a_form_gets_the_line_with_all_its_parts():
    assert whole(an_action("To {workspace}[, with {note}]")) == "To {workspace}, with {note}"


@dataclass(frozen=True)
class Several:
    types: tuple[str, ...] = some("Types", {"a": "assigned", "b": "resolved"})


def test_several_choices_are_joined():
    assert sentence(an_action("It is {types}"), Several(("a", "b"))) == "It is assigned or resolved"


def test_a_group_reads_as_its_lines_in_brackets():
    inner = {"id": "tocsin.conditions.Group", "match": "none", "nodes": [node(EVERY_EVENT)]}
    group = {"id": "tocsin.conditions.Group", "match": "any", "nodes": [node(REGRESSION), inner]}
    (found,) = a_rule(conditions=[group]).conditions

    assert line(found) == "Any of: (A resolved issue comes back; None of: (An event happens))"


@dataclass(frozen=True)
class Targeted:
    targetType: str = choice("Tell", {"Owners": "its owners", "Team": "a team", "Member": "a member"})  # noqa: N815
    targetIdentifier: str = text("Which")  # noqa: N815
    otherwise: str = choice("Else", {"all": "all members"}, default="all", only_for=("targetType", "Owners"))


TELL = RuleAction(("x",), Audience.PEOPLE, Targeted, "Tell {targetType}[ and if there are none {otherwise}]")
HERE = Directory(
    1,
    people={7: Person(7, "Ana", "ana@example.com")},
    teams={3: Team(3, "backend")},
    connections={9: Connection(9, "chat", "Acme")},
)


@pytest.mark.parametrize(
    ("who", "number", "words"),
    [
        ("Owners", "", "Tell its owners and if there are none all members"),
        ("Team", "3", "Tell the team #backend"),
        ("Member", "7", "Tell Ana"),
        ("Team", "7", "Tell a team (removed)"),
        ("Member", "x", "Tell a member (removed)"),
    ],
)
def test_an_action_says_by_name_whom_it_tells_and_who_else_only_where_somebody_may_be_missing(who, number, words):
    options = Targeted(who, number)

    assert sentence(TELL, options, named(TELL, options, HERE)) == words


@pytest.mark.parametrize(("number", "words"), [("9", "To Acme"), ("10", "To (removed)")])
def test_an_action_names_the_connection_that_it_goes_through(number, words):
    action = RuleAction(("x",), Audience.DESTINATION, Options, "To {workspace}", integration="workspace")
    options = Options(number)

    assert sentence(action, options, named(action, options, HERE)) == words


@pytest.mark.parametrize(
    ("who", "number", "words"),
    [("Team", "3", "team #backend"), ("Member", "7", "member Ana"), ("Unassigned", "", "nobody")],
)
def test_a_filter_in_a_group_names_whom_it_is_about(who, number, words):
    assigned = {"id": "sentry.rules.filters.assigned_to.AssignedToFilter", "targetIdentifier": number}
    group = {"id": "tocsin.conditions.Group", "nodes": [{**assigned, "targetType": who}]}
    (found,) = a_rule(filters=[group]).filters

    assert line(found, HERE) == f"All of: (The issue is assigned to {words})"
