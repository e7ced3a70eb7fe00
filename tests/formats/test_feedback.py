"""User feedback as SDKs send it (behaviour §13.3)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.envelope import Item, join, split
from tocsin.formats.feedback import COMMENTS_LENGTH, MOST_ITEMS, Feedback, given_in

ID = "9" * 32


def an_envelope(*items: tuple[str, object], **headers) -> bytes:
    made = [
        Item(kind, {}, payload if isinstance(payload, bytes) else json.dumps(payload).encode())
        for kind, payload in items
    ]
    return join(headers, made)


def said(*items: tuple[str, object], **headers) -> list[Feedback]:
    return list(given_in(split(an_envelope(*items, **headers))))


REPORT = {"event_id": ID, "name": "Jo", "email": "jo@example.net", "comments": "Nothing happened."}


def test_a_user_report_says_what_was_seen():
    assert said(("user_report", REPORT)) == [Feedback(ID, "Jo", "jo@example.net", "Nothing happened.")]


def test_feedback_of_todays_sdks_says_what_was_seen():
    contexts = {
        "feedback": {
            "associated_event_id": ID,
            "name": "Jo",
            "contact_email": "jo@example.net",
            "message": "Nothing happened.",
            "url": "https://shop.example/pay",
        }
    }

    assert said(("feedback", {"contexts": contexts})) == [
        Feedback(ID, "Jo", "jo@example.net", "Nothing happened.", "https://shop.example/pay")
    ]


def test_a_report_without_an_event_is_about_that_of_its_envelope():
    (found,) = said(("user_report", {"comments": "x"}), event_id="a" * 32)

    assert found.event_id == "a" * 32


@pytest.mark.parametrize("event_id", ["9" * 8 + "-9999-9999-9999-" + "9" * 12, ID.upper()])
def test_an_id_may_be_dashed_or_in_capitals(event_id):
    assert said(("user_report", {**REPORT, "event_id": event_id}))[0].event_id == ID


@pytest.mark.parametrize(
    "item",
    [
        ("user_report", {**REPORT, "comments": "  "}),
        ("user_report", {"event_id": ID}),
        ("user_report", b"not json"),
        ("user_report", []),
        ("feedback", {}),
        ("feedback", {"contexts": []}),
        ("feedback", {"contexts": {"feedback": "x"}}),
    ],
)
def test_what_says_nothing_is_left_out_and_nothing_beside_it(item):
    assert len(said(item, ("user_report", REPORT))) == 1


def test_long_words_are_cut_and_many_items_too():
    found = said(*[("user_report", {**REPORT, "comments": "x" * 9999})] * 30)

    assert (len(found), len(found[0].comments)) == (MOST_ITEMS, COMMENTS_LENGTH)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["event_id", "name", "comments", "contexts", "url"]), json_values))
def test_no_report_breaks_it(body):
    for one in said(("user_report", body), ("feedback", body)):
        assert one.comments
