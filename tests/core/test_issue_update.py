"""What one body wants of an issue (behaviour §10.2): the wire's words, one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.commands import Archive, Reopen, Resolve
from tocsin.core.issue import Priority
from tocsin.core.issue_update import Wanted, parse

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({}, Wanted()),
        ({"status": "resolved"}, Wanted(Resolve())),
        ({"status": "resolvedInNextRelease"}, Wanted(Resolve(next_release=True))),
        ({"status": "resolved", "statusDetails": {"inNextRelease": True}}, Wanted(Resolve(next_release=True))),
        ({"status": "resolved", "statusDetails": {"inRelease": "latest"}}, Wanted(Resolve(release="latest"))),
        (
            {"status": "resolved", "statusDetails": {"inCommit": {"commit": "7e2d1fa", "repository": "acme/shop"}}},
            Wanted(Resolve(commit="7e2d1fa", repository="acme/shop")),
        ),
        ({"status": "unresolved"}, Wanted(Reopen())),
        ({"status": "ignored"}, Wanted(Archive())),
        ({"status": "ignored", "substatus": "archived_until_escalating"}, Wanted(Archive(until_escalating=True))),
        ({"status": "ignored", "statusDetails": {"untilEscalating": True}}, Wanted(Archive(until_escalating=True))),
        ({"status": "ignored", "statusDetails": {"ignoreDuration": 60}}, Wanted(Archive(until=NOW + HOUR))),
        (
            {"status": "ignored", "statusDetails": {"ignoreUntil": "2026-11-21T10:00:00Z"}},
            Wanted(Archive(until=NOW + HOUR)),
        ),
        (
            {"status": "ignored", "statusDetails": {"ignoreUntil": "2026-11-21T10:00:00"}},
            Wanted(Archive(until=NOW + HOUR)),
        ),
        (
            {"status": "ignored", "statusDetails": {"ignoreCount": 10, "ignoreWindow": 60}},
            Wanted(Archive(count=10, window=60)),
        ),
        (
            {"status": "ignored", "statusDetails": {"ignoreUserCount": 5, "ignoreUserWindow": 30}},
            Wanted(Archive(user_count=5, user_window=30)),
        ),
        ({"assignedTo": "team:2"}, Wanted(assigned_to="team:2")),
        ({"assignedTo": 7}, Wanted(assigned_to="7")),
        ({"assignedTo": None}, Wanted(assigned_to="")),
        ({"priority": "low"}, Wanted(priority=Priority.LOW)),
        ({"isBookmarked": True, "isSubscribed": False}, Wanted(bookmarked=True, subscribed=False)),
        ({"isPublic": True, "inbox": False, "integration": "slack"}, Wanted()),
    ],
)
def test_a_body_wants(body, wanted):
    assert parse(body, NOW) == (wanted, {})


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"status": "fixed"}, "status"),
        ({"status": ["resolved"]}, "status"),
        ({"status": "resolved", "statusDetails": "x"}, "statusDetails"),
        ({"status": "resolved", "statusDetails": {"inRelease": "x" * 251}}, "statusDetails"),
        ({"status": "resolved", "statusDetails": {"inRelease": 7}}, "statusDetails"),
        ({"status": "resolved", "statusDetails": {"inCommit": {}}}, "statusDetails"),
        ({"status": "resolved", "statusDetails": {"inCommit": {"commit": "x" * 65}}}, "statusDetails"),
        ({"status": "ignored", "statusDetails": {"ignoreUntil": "tomorrow"}}, "statusDetails"),
        ({"status": "ignored", "statusDetails": {"ignoreCount": "ten"}}, "statusDetails"),
        ({"status": "ignored", "statusDetails": {"ignoreCount": True}}, "statusDetails"),
        ({"status": "ignored", "statusDetails": {"ignoreCount": 2**40}}, "statusDetails"),
        ({"status": "ignored", "substatus": "asleep"}, "substatus"),
        ({"assignedTo": True}, "assignedTo"),
        ({"assignedTo": {"id": 7}}, "assignedTo"),
        ({"priority": "urgent"}, "priority"),
        ({"priority": 75}, "priority"),
        ({"isBookmarked": "yes"}, "isBookmarked"),
        ({"merge": True}, "merge"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_key(body, key):
    assert list(parse(body, NOW)[1]) == [key]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["status", "statusDetails", "substatus", "assignedTo", "priority", "isBookmarked", "isSubscribed", "hasSeen"]


@given(st.dictionaries(st.sampled_from(KEYS), anything | st.sampled_from(["ignored", "resolved"]), max_size=6))
def test_no_body_breaks_it(body):
    wanted, reasons = parse(body, NOW)

    assert isinstance(wanted, Wanted)
    assert set(reasons) <= {*KEYS}
