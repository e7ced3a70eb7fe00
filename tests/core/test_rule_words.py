from dataclasses import dataclass

from tocsin.core.fields import choice, text
from tocsin.core.registry import Audience, RuleAction
from tocsin.core.rule_words import sentence


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
