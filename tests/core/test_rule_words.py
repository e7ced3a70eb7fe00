from dataclasses import dataclass

from tests.conditions.asking import EVERY_EVENT, REGRESSION, a_rule, node

from tocsin.core.fields import choice, some, text
from tocsin.core.registry import Audience, RuleAction
from tocsin.core.rule_words import line, sentence, whole


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
