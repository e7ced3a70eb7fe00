"""Whether a request is Slack's, and what it says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier
from tests.chat.pressing import SECRET, chosen, pressed, typed

from tocsin.core.subjects import AboutIssue
from tocsin.providers.slack.receive import Pressed, Typed, UnreadableError, is_signed, read, team_of

# Slack's own example: https://docs.slack.dev/authentication/verifying-requests-from-slack
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
STAMP = "1531420618"
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
THEN = datetime.fromtimestamp(int(STAMP), UTC)


def test_slacks_own_example_is_slacks():
    assert is_signed([SECRET], STAMP, SIGNATURE, BODY, THEN)


@given(st.text(), st.text(min_size=1, max_size=64))
def test_what_slacks_own_library_signs_is_slacks(body, secret):
    signature = SignatureVerifier(secret).generate_signature(timestamp=STAMP, body=body.encode())

    assert is_signed([secret], STAMP, signature, body.encode(), THEN)


@pytest.mark.parametrize("away", [timedelta(minutes=5), -timedelta(minutes=5)])
def test_five_minutes_are_fresh(away):
    assert is_signed([SECRET], STAMP, SIGNATURE, BODY, THEN + away)


@pytest.mark.parametrize("away", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
def test_what_is_older_is_not_taken(away):
    assert not is_signed([SECRET], STAMP, SIGNATURE, BODY, THEN + away)


@pytest.mark.parametrize(
    ("stamp", "signature", "body"),
    [
        (STAMP, SIGNATURE, BODY + b"&x"),
        (STAMP, SIGNATURE[:-1] + "4", BODY),
        (STAMP, SIGNATURE.removeprefix("v0="), BODY),
        (STAMP, "v0=ä", BODY),
        ("1531420619", SIGNATURE, BODY),
        ("", SIGNATURE, BODY),
        (None, SIGNATURE, BODY),
        (STAMP, None, BODY),
        (f"-{STAMP}", SIGNATURE, BODY),
        ("٣" * 10, SIGNATURE, BODY),
        ("9" * 300, SIGNATURE, BODY),
    ],
)
def test_what_was_tampered_with_is_not_slacks(stamp, signature, body):
    assert not is_signed([SECRET], stamp, signature, body, THEN)


def test_any_of_several_secrets_may_have_signed():
    assert is_signed(["other", SECRET], STAMP, SIGNATURE, BODY, THEN)


@pytest.mark.parametrize("secrets", [[], [""], ["other"]])
def test_nothing_else_signs(secrets):
    assert not is_signed(secrets, STAMP, SIGNATURE, BODY, THEN)


def test_an_empty_secret_signs_nothing_even_where_it_would_fit():
    import hashlib
    import hmac

    fitting = "v0=" + hmac.new(b"", f"v0:{STAMP}:".encode() + BODY, hashlib.sha256).hexdigest()

    assert not is_signed([""], STAMP, fitting, BODY, THEN)


def test_a_button_says_its_word_and_its_issue():
    found = read(pressed(12, "resolved"))

    assert isinstance(found, Pressed)
    assert (found.about, found.does, found.sender.user) == (AboutIssue(12), "resolved", "U024BE7LH")


@pytest.mark.parametrize(
    ("action_id", "value", "does"),
    [("assign", "user:7", "assign:user:7"), ("Archive…", "ignored:archived_forever", "ignored:archived_forever")],
)
def test_a_line_of_a_menu_says_its_word(action_id, value, does):
    found = read(chosen(12, value, action_id))

    assert isinstance(found, Pressed)
    assert found.does == does


def test_what_is_typed_is_asked():
    found = read(typed(12, "an"))

    assert isinstance(found, Typed)
    assert (found.issue_id, found.text) == (12, "an")


@pytest.mark.parametrize(
    "value",
    [
        "sentry_docs_link_clicked",
        "grace_period_warning",
        "integration_disabled_slack",
        "trial_end_warning",
        "link_clicked",
    ],
)
def test_a_button_that_leads_somewhere_asks_for_nothing(value):
    assert read(pressed(12, value)) is None


def test_a_link_asks_for_nothing():
    payload = pressed(12, "")
    payload["actions"][0].pop("value")

    assert read(payload) is None


@pytest.mark.parametrize("kind", ["view_closed", "shortcut", "message_action"])
def test_what_we_do_not_offer_needs_no_answer(kind):
    assert read({"type": kind}) is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": 7},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": ["x"]},
        pressed(12, "resolved", user=None),
        pressed(12, "resolved", team=None),
    ],
)
def test_what_makes_no_sense_is_refused(payload):
    with pytest.raises(UnreadableError):
        read(payload)


@pytest.mark.parametrize(
    "block", ["", "x", "{}", "[1]", '{"issue": "12"}', '{"issue": true}', '{"issue": -1}', "null"]
)
def test_a_block_that_is_none_of_ours_is_about_no_issue(block):
    payload = pressed(12, "resolved")
    payload["actions"][0]["block_id"] = block

    found = read(payload)

    assert isinstance(found, Pressed)
    assert found.about is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "team", "user", "id", "actions", "value", "block_id"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(payload):
    given_ = payload if isinstance(payload, dict) else {"type": "block_actions", "actions": payload}
    team_of(given_)
    try:
        found = read(given_)
    except UnreadableError:
        return
    assert found is None or isinstance(found, Pressed | Typed)
