"""Members: inviting, asking to be let in, deciding, leaving. Each is one function for pages, API and chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.follow import Asked, tell_members
from tocsin.core.members import ROLES, may_change, may_grant
from tocsin.core.people import Person
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.roles import MAY_INVITE
from tocsin.core.subjects import AboutRequest
from tocsin.notifications import invitation, member_request
from tocsin.pipeline import links, living_requests
from tocsin.pipeline.announce import announce
from tocsin.pipeline.announce import tell as tell_routed
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.reach import services_of
from tocsin.store.db import one_transaction
from tocsin.store.models import MemberRequest, Membership, Organization, User
from tocsin.store.queries import directory
from tocsin.store.queries import members as queries
from tocsin.store.writes import audit
from tocsin.store.writes import members as writes


class NotAllowedError(PermissionError):
    """The person may not do it; the words say who may."""


class UnusableError(ValueError):
    """What was asked for cannot be; `field` names the part of a form."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Invited:
    """`link` is for whoever invites to hand on where no mail could be sent (`mailed` false)."""

    email: str
    link: str
    mailed: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be let in, as what, on which teams (ids; those of other organizations count for nothing)."""

    email: str
    role: str = "member"
    teams: Sequence[int] = ()
    name: str = ""


def invite(by: Membership, wanted: Wanted, now: datetime) -> Invited:
    """Invites an address by mail. Raises NotAllowedError and UnusableError."""
    email = _address(by.organization_id, wanted)
    if not may_grant(by.role, wanted.role):
        raise NotAllowedError(f"Owners and managers invite, up to their own role; you are {by.role}.")
    with one_transaction():
        done = _invite(by.organization, email, wanted, by.user, now)
        data = {"email": email, "role": wanted.role}
        audit.note(by.organization_id, "member.invite", "", data, actor_id=by.user_id, now=now)
    return done


def _address(organization_id: int, wanted: Wanted) -> str:
    email = wanted.email.strip().lower()
    provider = catalogue().providers["email"]
    if provider.personal is None or provider.personal(Person(0, "", email)) is None or email.endswith("@localhost"):
        raise UnusableError("email", "No mail can be sent to that address.")
    if wanted.role not in ROLES:
        raise UnusableError("role", f"Give one of {', '.join(ROLES)}.")
    if queries.is_member(organization_id, email):
        raise UnusableError("email", f"{email} is a member already.")
    return email


def _invite(organization: Organization, email: str, wanted: Wanted, by: User, now: datetime) -> Invited:
    to = _mailbox(organization.pk, email)
    is_mailed = to is not None
    token = writes.invite(organization.pk, email, wanted.role, wanted.teams, is_mailed=is_mailed, by=by.pk, now=now)
    facts = invitation.Facts(
        organization=organization.name,
        inviter=by.display_name,
        email=email,
        role=wanted.role,
        url=links.invitations(),
        token=token,
        days=writes.INVITATION_LASTS.days,
    )
    if to is not None:
        announce(
            organization_id=organization.pk,
            kind=invitation.NOTIFICATION_KIND.slug,
            facts=facts,
            destinations=[to],
            trace=[Step(f"address:{email}", email, Verdict.ADDED, Reason.INVITED, f"user:{by.pk}")],
            now=now,
        )
    return Invited(email, f"{links.invitations()}{token}/", is_mailed)


def _mailbox(organization_id: int, email: str) -> Destination | None:
    """Where a mail to an address goes, or None where no mail is set up."""
    services = services_of(directory.read(organization_id))
    provider = services.providers["email"]
    if provider.slug not in services.reachable or provider.personal is None:
        return None
    address = provider.personal(Person(0, "", email))
    return Destination(provider.slug, address, email, services.reachable[provider.slug])


def accept(token: str, *, user: User | None, name: str, now: datetime) -> User | None:
    """Makes whoever has the link a member: `user` if somebody is signed in, else a new account of the address.

    None when the link is over or was used, and where the address has an account and nobody is signed in: whoever
    invites may have the link too, and it is no proof of being somebody who is here already.
    """
    found = queries.invitation(token)
    if found is None or (user is None and queries.has_account(found.email)):
        return None
    with one_transaction():
        if not writes.use_invitation(token, now):
            return None
        person = user or writes.person_of(found.email, name, now, is_proved=found.is_mailed)
        writes.join(found.organization, person, found.role, found.teams, now)
        data = {"email": found.email, "role": found.role}
        audit.note(found.organization_id, "member.accept", f"user:{person.pk}", data, actor_id=person.pk, now=now)
    return person


def ask_to_join(organization: Organization, wanted: Wanted, now: datetime) -> MemberRequest | None:
    """A stranger asks. None where one waits already, or nothing is taken; nobody is told which.

    Raises UnusableError for an address that no mail reaches.
    """
    if not organization.takes_requests:
        return None
    try:
        email = _address(organization.pk, wanted)
    except UnusableError:
        if queries.is_member(organization.pk, wanted.email.strip().lower()):
            return None  # who is a member is nobody's business
        raise
    return _ask(organization, "join", Wanted(email, "member", (), wanted.name), None, now)


def ask_to_invite(by: Membership, wanted: Wanted, now: datetime) -> MemberRequest | None:
    """A member who may not invite asks those who may. None where a request for the address waits already."""
    email = _address(by.organization_id, wanted)
    if wanted.role not in ("member", "billing"):
        raise UnusableError("role", "Ask for a member; whoever approves may raise the role.")
    return _ask(by.organization, "invite", Wanted(email, wanted.role, wanted.teams, wanted.name), by.user, now)


def _ask(
    organization: Organization, kind: str, wanted: Wanted, by: User | None, now: datetime
) -> MemberRequest | None:
    with one_transaction():
        made = writes.ask(
            organization.pk,
            kind,
            wanted.email,
            name=wanted.name,
            role=wanted.role,
            teams=wanted.teams,
            asked_by=by.pk if by else None,
            now=now,
        )
        if made is not None:
            _tell(organization, made, by, now)
    return made


def _tell(organization: Organization, made: MemberRequest, by: User | None, now: datetime) -> None:
    """Those who may decide hear of it, by their own preferences for approvals."""
    facts = member_request.Facts(
        organization=organization.name,
        kind=made.kind,
        email=made.email,
        name=made.name,
        role=made.role,
        asked_by=by.display_name if by else "",
        url=links.members(organization.slug),
        settings_url=links.preferences(),
        request_id=made.pk,
    )
    here = directory.of(organization.pk, organization.version)
    asked = Asked(
        queries.deciders(organization.pk),
        member_request.NOTIFICATION_KIND.name,
        f"request:{made.pk}",
        actor_id=by.pk if by else None,
        occasion=Reason.ASKS_TO_COME_IN,
    )
    routed = tell_members(asked, here, services_of(here))
    tell_routed(
        organization_id=organization.pk,
        kind=member_request.NOTIFICATION_KIND.slug,
        facts=facts,
        routed=routed,
        here=here,
        now=now,
        conversation=AboutRequest(made.pk).conversation,
    )


def decide(by: Membership, request_id: int, *, approve: bool, now: datetime) -> Invited | None:
    """Approves a request, which invites the address by mail (None when rejected).

    All messages about it, wherever they stand, say so from then on. Raises NotAllowedError, and UnusableError when
    it is not there, or somebody was first.
    """
    found = queries.request(by.organization_id, request_id)
    if found is None:
        raise UnusableError("request", "There is no such request in this organization.")
    _check_may_decide(by, found, approve=approve)
    state = "approved" if approve else "rejected"
    with one_transaction():
        if not writes.decide(found, state, by.user_id, now):
            raise UnusableError("request", _who_was_first(by.organization_id, request_id))
        done = None
        if approve and not queries.is_member(by.organization_id, found.email):
            wanted = Wanted(found.email, found.role, found.teams, found.name)
            done = _invite(by.organization, found.email, wanted, by.user, now)
        event = "member.request_approve" if approve else "member.request_reject"
        data = {"email": found.email, "kind": found.kind}
        audit.note(by.organization_id, event, f"request:{found.pk}", data, actor_id=by.user_id, now=now)
        living_requests.rewrite(by.organization, found.pk, state, by.user.display_name, now)
    return done


def _check_may_decide(by: Membership, found: MemberRequest, *, approve: bool) -> None:
    if by.role not in MAY_INVITE:
        raise NotAllowedError(f"Owners and managers decide who is let in; you are {by.role}.")
    if approve and not may_grant(by.role, found.role):
        raise NotAllowedError(f"You let people in up to your own role, {by.role}; this one would be {found.role}.")


def _who_was_first(organization_id: int, request_id: int) -> str:
    found = queries.request(organization_id, request_id)
    by = found.decided_by.display_name if found and found.decided_by else "Somebody"
    return f"This request was decided already: {by} {found.state if found else 'decided'} it."


def change_role(by: Membership, membership_id: int, role: str, now: datetime) -> None:
    """Raises NotAllowedError, and UnusableError for nobody and for the last owner."""
    found = _member(by, membership_id)
    if not may_change(by.role, found.role, role):
        raise NotAllowedError("You may give roles up to your own, to members who are not above you.")
    _keep_an_owner(by, found, role)
    with one_transaction():
        data = {"from": found.role, "to": role}
        writes.set_role(found, role)
        audit.note(by.organization_id, "member.role", f"user:{found.user_id}", data, actor_id=by.user_id, now=now)


def remove(by: Membership, membership_id: int, now: datetime) -> None:
    """Takes a member out, or lets one leave by themselves. Raises NotAllowedError and UnusableError."""
    found = _member(by, membership_id)
    if found.user_id != by.user_id and not may_change(by.role, found.role, found.role):
        raise NotAllowedError("Owners and managers take members out, up to their own role.")
    _keep_an_owner(by, found, "")
    with one_transaction():
        data = {"email": found.user.email, "role": found.role}
        writes.remove(found)
        audit.note(by.organization_id, "member.remove", f"user:{found.user_id}", data, actor_id=by.user_id, now=now)


def withdraw(by: Membership, invitation_id: int, now: datetime) -> None:
    """Ends an invitation that nobody accepted. Raises NotAllowedError and UnusableError."""
    if by.role not in MAY_INVITE:
        raise NotAllowedError("Owners and managers withdraw invitations.")
    with one_transaction():
        email = writes.withdraw(by.organization_id, invitation_id)
        if not email:
            raise UnusableError("invitation", "This invitation was accepted or withdrawn already.")
        audit.note(by.organization_id, "member.withdraw", "", {"email": email}, actor_id=by.user_id, now=now)


def _member(by: Membership, membership_id: int) -> Membership:
    found = queries.member(by.organization_id, membership_id)
    if found is None:
        raise UnusableError("member", "There is no such member in this organization.")
    return found


def _keep_an_owner(by: Membership, found: Membership, role: str) -> None:
    if found.role == "owner" and role != "owner" and queries.owners(by.organization_id) == 1:
        raise UnusableError("role", "Somebody has to own the organization: make another member owner first.")
