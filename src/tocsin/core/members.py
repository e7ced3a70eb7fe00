"""Who may let whom into an organization, and change what they may do there."""

from tocsin.core.roles import MAY_INVITE

ROLES = ("owner", "manager", "admin", "member", "billing")  # the first may most
RANK = {role: place for place, role in enumerate(ROLES)}


def may_grant(own: str, role: str) -> bool:
    """Whether somebody of a role may make another one of `role`: up to their own, for who may invite at all."""
    return own in MAY_INVITE and role in RANK and RANK[role] >= RANK[own]


def may_change(own: str, theirs: str, to: str) -> bool:
    """Whether somebody may make a member of role `theirs` one of role `to`; nobody changes who is above them."""
    return may_grant(own, theirs) and may_grant(own, to)
