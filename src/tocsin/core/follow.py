"""Who hears of what happens to an issue or a release: those who follow it, minus whoever did it (behaviour §3.6).

Cost grows with those who follow the issue and those who chose to follow all, not with the organization.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.choices import ALWAYS, NEVER, TYPES, nearest
from tocsin.core.people import Directory, Person, Scope
from tocsin.core.plan import Hearing, Plan, Routed, Services, choice_of_type, tell_person, tell_team
from tocsin.core.reasons import Reason, Verdict

WORKFLOW, DEPLOY, APPROVAL = "workflow", "deploy", "approval"


class Because(StrEnum):
    """Why somebody follows an issue; kept with the subscription (behaviour §1.7)."""

    UNKNOWN = "unknown"  # they pressed the button
    COMMENT = "comment"
    ASSIGNED = "assigned"
    BOOKMARK = "bookmark"
    STATUS_CHANGE = "status_change"
    MENTIONED = "mentioned"
    TEAM_MENTIONED = "team_mentioned"


WHY_YOU = {
    Because.UNKNOWN: "you follow this issue",
    Because.COMMENT: "you commented on this issue",
    Because.ASSIGNED: "you were assigned to this issue",
    Because.BOOKMARK: "you bookmarked this issue",
    Because.STATUS_CHANGE: "you changed the state of this issue",
    Because.MENTIONED: "you were mentioned in this issue",
    Because.TEAM_MENTIONED: "a team of yours was mentioned in this issue",
}
WHY_ALL = "you chose to hear of everything that happens to issues of this project"
WHY_TEAM = "your team follows this issue"
WHY_COMMITTED = "you have a commit in this release"
WHY_ALL_DEPLOYS = "you chose to hear of all deploys"
WHY_DECIDE = "you may decide about this"


@dataclass(frozen=True, slots=True)
class Follower:
    """A subscription: of a person or a team (the other is None). Inactive is an explicit unsubscribe."""

    id: int
    user_id: int | None
    team_id: int | None
    is_active: bool = True
    because: str = Because.UNKNOWN


@dataclass(frozen=True, slots=True)
class News:
    """What happened, as routing sees it: where, by whom, and who follows. `cause` is its row ("activity:12")."""

    project_id: int
    label: str
    cause: str
    actor_id: int | None = None
    followers: Sequence[Follower] = ()
    type: str = WORKFLOW


def reassigned(
    followers: Sequence[Follower], user_id: int | None, team_id: int | None, team_members: Sequence[int] = ()
) -> tuple[Follower, ...]:
    """The followers after an issue changed hands: who followed only because they had it does no more (but for
    members of the team that has it now), whoever has it follows, unless they ended that before (§3.8)."""
    stays = tuple(
        one
        for one in followers
        if one.because != Because.ASSIGNED
        or not one.is_active
        or (user_id is not None and one.user_id == user_id)
        or (team_id is not None and (one.team_id == team_id or one.user_id in team_members))
    )
    known = {(one.user_id, one.team_id) for one in stays}
    new = (user_id, team_id)
    if new == (None, None) or new in known:
        return stays
    return (*stays, Follower(0, user_id, team_id, because=Because.ASSIGNED))


def tell_followers(news: News, directory: Directory, services: Services) -> Routed:
    """Everyone who follows the issue or all of the project's issues, each with the reason."""
    plan = Plan(news.project_id, directory, services)
    plan.note(news.cause, news.label, Verdict.ADDED, Reason.ACTIVITY, news.cause)
    hearing = Hearing(news.type, news.cause)
    by_person = {one.user_id: one for one in news.followers if one.user_id is not None}
    for follower in news.followers:
        if follower.user_id is not None:
            _follower(plan, news, follower, hearing)
    for follower in news.followers:
        if follower.team_id is not None and follower.is_active:
            _team(plan, news, follower.team_id, hearing, by_person)
    for user_id in _who_follow_all(plan, news.type):
        if user_id not in by_person and (person := _member(directory, user_id, news.project_id)):
            chosen = choice_of_type(plan, user_id, news.type)
            if not _is_own(plan, news, person):
                plan.note(person.subject, person.name, Verdict.ADDED, Reason.FOLLOWS_ALL, chosen.cause)
                tell_person(plan, person, WHY_ALL, hearing)
    return plan.outcome()


def _follower(plan: Plan, news: News, follower: Follower, hearing: Hearing) -> None:
    """One person who subscribed, or unsubscribed."""
    user_id, cause = follower.user_id or 0, f"subscription:{follower.id}"
    person = plan.directory.people.get(user_id)
    label = person.name if person else f"member {user_id}"
    if person is None or not plan.directory.is_member(user_id, news.project_id):
        plan.note(f"user:{user_id}", label, Verdict.REMOVED, Reason.NOT_A_MEMBER, cause)
    elif not follower.is_active:
        plan.note(person.subject, label, Verdict.REMOVED, Reason.UNSUBSCRIBED, cause)
    elif not _is_own(plan, news, person):
        plan.note(person.subject, label, Verdict.ADDED, Reason.SUBSCRIBED, cause)
        tell_person(plan, person, _why(follower.because), hearing)


def _team(plan: Plan, news: News, team_id: int, hearing: Hearing, by_person: Mapping[int, Follower]) -> None:
    """A team that follows: its own place, else its members, but for those who said no themselves."""
    team = plan.directory.teams.get(team_id)
    if team is None or team_id not in plan.directory.project_teams.get(news.project_id, ()):
        plan.note(f"team:{team_id}", f"team {team_id}", Verdict.REMOVED, Reason.TEAM_NOT_ON_PROJECT, news.cause)
        return
    plan.note(team.subject, f"#{team.slug}", Verdict.ADDED, Reason.SUBSCRIBED, news.cause)
    if tell_team(plan, team, WHY_TEAM, hearing):
        return
    plan.note(team.subject, f"#{team.slug}", Verdict.MOVED, Reason.TEAM_EXPANDED, team.subject)
    for user_id in team.members:
        person = plan.directory.people.get(user_id)
        if person and user_id not in by_person and not _is_own(plan, news, person):
            plan.note(person.subject, person.name, Verdict.ADDED, Reason.SUBSCRIBED, team.subject)
            tell_person(plan, person, WHY_TEAM, hearing)


def _why(because: str) -> str:
    return WHY_YOU[Because(because)] if because in set(Because) else WHY_YOU[Because.UNKNOWN]


def _is_own(plan: Plan, news: News, person: Person) -> bool:
    """Whether the person did it themselves and does not want to hear of that: a line of the trace."""
    if person.id != news.actor_id or person.hears_own_activity:
        return False
    plan.note(person.subject, person.name, Verdict.REMOVED, Reason.OWN_ACTIVITY, news.cause)
    return True


def _member(directory: Directory, user_id: int, project_id: int) -> Person | None:
    return directory.people.get(user_id) if directory.is_member(user_id, project_id) else None


def _who_follow_all(plan: Plan, type_: str) -> Iterator[int]:
    """Those for whom the type is "always" here: by their own choice, or all where the organization says so."""
    default = next((one for one in plan.directory.defaults if (one.type, one.provider) == (type_, "")), None)
    usual = default.value if default else TYPES[type_].default
    asked: Sequence[int] = plan.directory.chose_about(type_)
    if usual == ALWAYS:
        asked = [person.id for person in plan.directory.members_of(plan.project_id)]
    for user_id in asked:
        if choice_of_type(plan, user_id, type_).value == ALWAYS:
            yield user_id


@dataclass(frozen=True, slots=True)
class Release:
    """A deployed release, as routing sees it: its projects, and the members who have a commit in it."""

    project_ids: tuple[int, ...]
    committers: frozenset[int]
    label: str
    cause: str
    actor_id: int | None = None


def tell_of_deploy(release: Release, directory: Directory, services: Services) -> Routed:
    """Members of the release's projects who chose all deploys, or those that they committed to (§1.5, §3.6).

    Deploy choices are made for an organization; a project's rows do not count.
    """
    plan = Plan(release.project_ids[0] if release.project_ids else 0, directory, services)
    plan.note(release.cause, release.label, Verdict.ADDED, Reason.ACTIVITY, release.cause)
    news = News(plan.project_id, release.label, release.cause, release.actor_id, type=DEPLOY)
    for user_id in _of_projects(directory, release):
        person, value = directory.people[user_id], _about_deploys(directory, user_id)
        committed = user_id in release.committers
        if value == NEVER or (value != ALWAYS and not committed) or _is_own(plan, news, person):
            continue
        reason = Reason.COMMITTED if committed else Reason.FOLLOWS_ALL
        plan.note(person.subject, person.name, Verdict.ADDED, reason, release.cause)
        why = WHY_COMMITTED if committed else WHY_ALL_DEPLOYS
        tell_person(plan, person, why, Hearing(DEPLOY, release.cause))
    return plan.outcome()


def _of_projects(directory: Directory, release: Release) -> list[int]:
    """Those who may hear of it: who committed, and who chose about deploys; all only where all hear of all."""
    default = next((one for one in directory.defaults if (one.type, one.provider) == (DEPLOY, "")), None)
    asked = {*release.committers, *directory.chose_about(DEPLOY)}
    if default and default.value == ALWAYS:
        asked |= {person.id for project in release.project_ids for person in directory.members_of(project)}
    return sorted(
        user_id for user_id in asked if any(directory.is_member(user_id, one) for one in release.project_ids)
    )


def _about_deploys(directory: Directory, user_id: int) -> str:
    place = {Scope.ORGANIZATION: directory.organization_id, Scope.PROJECT: 0}
    chosen = nearest(directory.preferences.get(user_id, ()), DEPLOY, "", place)
    if chosen:
        return chosen.value
    default = next((one for one in directory.defaults if (one.type, one.provider) == (DEPLOY, "")), None)
    return default.value if default else TYPES[DEPLOY].default


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that the named members may decide about, or should know of for another such reason."""

    user_ids: Sequence[int]
    label: str
    cause: str
    type: str = APPROVAL
    why: str = WHY_DECIDE
    reason: Reason = Reason.MAY_DECIDE
    project_id: int = 0
    actor_id: int | None = None
    occasion: Reason = Reason.ACTIVITY


def tell_members(asked: Asked, directory: Directory, services: Services) -> Routed:
    """Members who are named already: approvals, reports, quota notices."""
    plan = Plan(asked.project_id, directory, services)
    plan.note(asked.cause, asked.label, Verdict.ADDED, asked.occasion, asked.cause)
    news = News(asked.project_id, asked.label, asked.cause, asked.actor_id, type=asked.type)
    for user_id in asked.user_ids:
        person = directory.people.get(user_id)
        if person and not _is_own(plan, news, person):
            plan.note(person.subject, person.name, Verdict.ADDED, asked.reason, asked.cause)
            tell_person(plan, person, asked.why, Hearing(asked.type, asked.cause))
    return plan.outcome()
