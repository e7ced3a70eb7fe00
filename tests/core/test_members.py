"""Who may let whom in, and change what they may do."""

import pytest

from tocsin.core.members import may_change, may_grant


@pytest.mark.parametrize(
    ("own", "role", "may"),
    [
        ("owner", "owner", True),
        ("owner", "billing", True),
        ("manager", "owner", False),
        ("manager", "manager", True),
        ("manager", "member", True),
        ("admin", "member", False),
        ("member", "member", False),
        ("billing", "billing", False),
        ("owner", "king", False),
    ],
)
def test_roles_are_given_up_to_ones_own_by_who_may_invite(own, role, may):
    assert may_grant(own, role) is may


@pytest.mark.parametrize(
    ("own", "theirs", "to", "may"),
    [
        ("owner", "owner", "member", True),
        ("manager", "owner", "member", False),
        ("manager", "member", "manager", True),
        ("manager", "member", "owner", False),
        ("admin", "member", "member", False),
    ],
)
def test_nobody_changes_who_is_above_them(own, theirs, to, may):
    assert may_change(own, theirs, to) is may
