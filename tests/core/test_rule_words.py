from dataclasses import dataclass

from tocsin.core.fields import choice, text
from tocsin.core.registry import Audience, RuleAction
from tocsin.core.rule_words import sentence, whole


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
