"""Declared fields: what a form or an API may send, and what becomes of it."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.fields import (
    MAX_TEXT,
    InvalidFieldsError,
    as_mapping,
    boolean,
    choice,
    integer,
    long_text,
    parse,
    secret,
    secret_names,
    specs,
    text,
)


@dataclass(frozen=True)
class Declared:
    channel: str = text("Channel", default=None)
    token: str = secret("Token", default="")
    count: int = integer("Count", default=1, at_least=1, at_most=100)
    loud: bool = boolean("Loud")
    colour: str = choice("Colour", {"red": "Red", "blue": "Blue"}, default="red")
    notes: str = long_text("Notes")


def reasons(**sent) -> dict[str, str]:
    with pytest.raises(InvalidFieldsError) as caught:
        parse(Declared, {"channel": "#ops", **sent})
    return caught.value.reasons


def test_fields_left_out_have_their_defaults():
    assert parse(Declared, {"channel": "#ops"}) == Declared(channel="#ops")


def test_an_empty_field_counts_as_left_out():
    assert parse(Declared, {"channel": "#ops", "count": "", "colour": None}) == Declared(channel="#ops")


def test_keys_that_nobody_declared_are_left_aside():
    assert parse(Declared, {"channel": "#ops", "id": "x", "uuid": "y"}) == Declared(channel="#ops")


def test_a_required_field_that_is_missing_is_named():
    with pytest.raises(InvalidFieldsError) as caught:
        parse(Declared, {})

    assert caught.value.reasons == {"channel": "Channel is required."}


def test_every_wrong_field_is_named_at_once():
    assert set(reasons(count="x", colour="green", loud="perhaps")) == {"count", "colour", "loud"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param("seven", "must be a whole number, not 'seven'", id="a word"),
        pytest.param(0, "must be at least 1", id="too few"),
        pytest.param("101", "must be at most 100", id="too many"),
        pytest.param(1.5, "must be a whole number", id="a fraction"),
        pytest.param(float("inf"), "must be a whole number", id="infinity"),
        pytest.param(float("nan"), "must be a whole number", id="no number"),
        pytest.param([1], "must be a whole number", id="a list"),
        pytest.param("9" * 5000, "must be a whole number", id="more digits than Python reads"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_right(sent, words):
    assert words in reasons(count=sent)["count"]


@pytest.mark.parametrize("sent", [7, "7", 7.0, " 7 "])
def test_a_number_comes_as_number_or_text(sent):
    assert parse(Declared, {"channel": "#ops", "count": sent}).count == 7


@pytest.mark.parametrize(("sent", "loud"), [(True, True), ("on", True), ("1", True), (False, False), ("no", False)])
def test_a_switch_comes_as_forms_and_as_json_say_it(sent, loud):
    assert parse(Declared, {"channel": "#ops", "loud": sent}).loud is loud


def test_a_choice_names_what_there_is_to_choose():
    assert reasons(colour="green")["colour"] == "Colour must be one of red, blue, not 'green'."


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param("x" * (MAX_TEXT + 1), "longer than 8192", id="too long"),
        pytest.param("a\x00b", "NUL", id="a NUL"),
        pytest.param("cut \ud83d", "half of a character", id="half a surrogate pair"),
        pytest.param({"a": 1}, "must be text", id="an object"),
        pytest.param(True, "must be text", id="a boolean"),
    ],
)
def test_text_that_cannot_be_kept_is_refused(sent, words):
    assert words in reasons(notes=sent)["notes"]


def test_an_id_may_come_as_a_number():
    assert parse(Declared, {"channel": 7}).channel == "7"


def test_spaces_around_text_are_dropped():
    assert parse(Declared, {"channel": " #ops "}).channel == "#ops"


def test_a_secret_is_known_as_one_and_never_shown():
    declared = Declared("#ops", token="xoxb-secret")

    assert secret_names(Declared) == {"token"}
    assert "xoxb-secret" not in repr(declared)


def test_what_is_declared_can_be_stored_and_read_back():
    declared = Declared("#ops", "xoxb", 7, loud=True, colour="blue", notes="Call")

    assert parse(Declared, as_mapping(declared)) == declared


def test_the_specs_say_which_fields_are_required():
    assert [name for name, _, required in specs(Declared) if required] == ["channel"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5
)


@given(st.dictionaries(st.sampled_from(["channel", "token", "count", "loud", "colour", "notes"]), json_values))
def test_whatever_is_sent_there_is_a_value_or_a_reason(sent):
    try:
        outcome: object = parse(Declared, sent)
    except InvalidFieldsError as error:
        outcome = error.reasons

    assert outcome
