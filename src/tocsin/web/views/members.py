"""Who is in an organization, who is invited and who asks; and what owners and managers do about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.members import ROLES, may_change, may_grant
from tocsin.core.roles import MAY_INVITE
from tocsin.pipeline import members as commands
from tocsin.pipeline.members import NotAllowedError, UnusableError, Wanted
from tocsin.store.models import Membership
from tocsin.store.queries import members as queries
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.views.deliveries import number_of


@member_of_organization
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    return render(request, "members.html", _context(request))


def _context(request: MemberRequest) -> dict[str, Any]:
    organization_id, mine = request.organization.pk, request.membership
    may_invite = mine.role in MAY_INVITE
    return {
        "members": [_line(one, mine) for one in queries.members(organization_id)],
        "invitations": queries.open_invitations(organization_id, request.now) if may_invite else [],
        "requests": list(queries.waiting(organization_id)) if may_invite else [],
        "may_invite": may_invite,
        "roles": [role for role in ROLES if may_grant(mine.role, role)] if may_invite else ["member"],
        "teams": queries.teams(organization_id),
        "link": request.session.pop("invitation_link", ""),
    }


def _line(one: Membership, mine: Membership) -> dict[str, Any]:
    teams = [
        seat.team.slug
        for seat in one.user.team_memberships.all()
        if seat.team.organization_id == one.organization_id
    ]
    is_self = one.user_id == mine.user_id
    return {
        "member": one,
        "teams": sorted(teams),
        "is_self": is_self,
        "roles": [role for role in ROLES if may_change(mine.role, one.role, role)],
        "may_remove": is_self or may_change(mine.role, one.role, one.role),
    }


@member_of_organization
@require_POST
def invite(request: MemberRequest) -> HttpResponse:
    """Invites an address; who may not invite asks those who may."""
    teams = [one for one in map(number_of, request.POST.getlist("team")) if one is not None]
    role = request.POST.get("role", "member")
    wanted = Wanted(request.POST.get("email", ""), role, teams, request.POST.get("name", ""))
    return _do(request, lambda: _invited(request, wanted))


def _invited(request: MemberRequest, wanted: Wanted) -> str:
    if request.membership.role not in MAY_INVITE:
        made = commands.ask_to_invite(request.membership, wanted, request.now)
        return "Asked. Owners and managers decide." if made else "Somebody has asked for that address already."
    return _told(request, commands.invite(request.membership, wanted, request.now))


def _told(request: MemberRequest, done: commands.Invited) -> str:
    if done.mailed:
        return f"{done.email} has a mail with a link that works once, within seven days."
    request.session["invitation_link"] = done.link
    return f"No mail is set up here, so hand {done.email} the link below yourself: it works once."


@member_of_organization
@require_POST
def decide(request: MemberRequest, request_id: int) -> HttpResponse:
    """Approves or rejects somebody who asks, or for whom a member asks."""
    _there(queries.request(request.organization.pk, request_id))
    approve = request.POST.get("decision") == "approve"

    def decided() -> str:
        done = commands.decide(request.membership, request_id, approve=approve, now=request.now)
        return _told(request, done) if done else "Rejected." if not approve else "Approved: they are a member."

    return _do(request, decided)


@member_of_organization
@require_POST
def change(request: MemberRequest, membership_id: int) -> HttpResponse:
    """Gives a member another role, or with `remove` takes them out."""
    _there(queries.member(request.organization.pk, membership_id))
    if request.POST.get("remove"):
        leaves = membership_id == request.membership.pk

        def removed() -> str:
            commands.remove(request.membership, membership_id, request.now)
            return "They are no member any more."

        answer = _do(request, removed)
        return redirect("/") if leaves else answer

    def changed() -> str:
        commands.change_role(request.membership, membership_id, request.POST.get("role", ""), request.now)
        return "The role counts from now on."

    return _do(request, changed)


@member_of_organization
@require_POST
def withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    _there(queries.invited(request.organization.pk, invitation_id))

    def withdrawn() -> str:
        commands.withdraw(request.membership, invitation_id, request.now)
        return "The invitation is over."

    return _do(request, withdrawn)


def _there(found: object | None) -> None:
    if found is None:
        raise Http404("There is no such thing in this organization.")


def _do(request: MemberRequest, action: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, action())
    except (NotAllowedError, UnusableError) as error:
        messages.error(request, str(error))
    return redirect("members", organization=request.organization.slug)
