"""What can be chosen to be heard of, and which choice counts (behaviour §2): project over organization over
everywhere, over the organization's default for all, over the product's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.people import OrganizationDefault, Preference, Scope

ALWAYS, NEVER = "always", "never"
SUBSCRIBE_ONLY, COMMITTED_ONLY = "subscribe_only", "committed_only"
DEFAULT = "default"  # on the wire: forget the choice


@dataclass(frozen=True, slots=True)
class Type:
    """A family of notifications that people choose about. `by_project` ones can be chosen for each project, all of
    them for each organization. `over` names the services that it comes by; empty, it comes by every one."""

    slug: str
    name: str
    about: str
    values: tuple[str, ...] = (ALWAYS, NEVER)
    default: str = ALWAYS
    by_project: bool = False
    over: tuple[str, ...] = ()

    def comes_by(self, service: str) -> bool:
        return not self.over or service in self.over


_QUOTA = "the events that the plan allows"
TYPES: dict[str, Type] = {
    one.slug: one
    for one in (
        Type(
            "alerts",
            "Alerts",
            "An alert rule fired that names its people, or the owners of what broke.",
            by_project=True,
        ),
        Type(
            "workflow",
            "Workflow",
            "Something happened to an issue: assigned, resolved, commented, came back.",
            (ALWAYS, SUBSCRIBE_ONLY, NEVER),
            SUBSCRIBE_ONLY,
            by_project=True,
        ),
        Type(
            "deploy",
            "Deploys",
            "A release was deployed.",
            (ALWAYS, COMMITTED_ONLY, NEVER),
            COMMITTED_ONLY,
        ),
        Type(
            "approval",
            "Approvals",
            "Something waits for your decision: somebody asks to join, or a rule that does not fire is to be "
            "switched off.",
        ),
        Type("reports", "Weekly reports", "How your projects fared last week, by mail.", over=("email",)),
        Type(
            "quota",
            "Limit reached",
            "A key reached its limit and events were refused. Owners and managers hear of it; others choose it.",
        ),
        Type("quotaWarnings", "Quota warnings", f"A project used 80 % of {_QUOTA}."),
        Type("quotaThresholds", "Quota thresholds", f"A project passed a threshold of {_QUOTA} that you set."),
        Type("spikeProtection", "Spikes", "A project reports far more than it usually does."),
        Type("brokenMonitors", "Broken monitors", "A monitor of yours has been failing for days."),
        Type("missingMembers", "Missing members", "People commit to your projects and are not members."),
    )
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds, and the row that makes it so: "preference:12", "default:3", or "" for the product's own default.

    `scope` is where the choice was made; None for a default.
    """

    value: str
    cause: str = ""
    scope: Scope | None = None


_RANK = {Scope.USER: 0, Scope.TEAM: 0, Scope.ORGANIZATION: 1, Scope.PROJECT: 2}


def of_type(
    choices: Sequence[Preference], defaults: Iterable[OrganizationDefault], type_: str, place: Mapping[Scope, int]
) -> Chosen:
    """Which events of a type; `place` has the organization's and the project's id."""
    return _first(choices, defaults, type_, "", place) or Chosen(TYPES[type_].default if type_ in TYPES else ALWAYS)


def of_service(  # noqa: PLR0913 — a choice is who, what, over which service, where
    choices: Sequence[Preference],
    defaults: Iterable[OrganizationDefault],
    type_: str,
    provider: str,
    place: Mapping[Scope, int],
    *,
    otherwise: bool = True,
) -> Chosen:
    """Whether a service is on for a type; `otherwise` is what the service is without any choice."""
    found = _first(choices, defaults, type_, provider, place)
    return found or Chosen(ALWAYS if otherwise else NEVER)


def comes_by(type_: str, service: str) -> bool:
    """Whether a type is ever told over a service; what nobody chooses about comes by all."""
    return type_ not in TYPES or TYPES[type_].comes_by(service)


def _first(
    choices: Sequence[Preference],
    defaults: Iterable[OrganizationDefault],
    type_: str,
    provider: str,
    place: Mapping[Scope, int],
) -> Chosen | None:
    best = nearest(choices, type_, provider, place)
    if best is not None:
        return Chosen(best.value, f"preference:{best.id}", best.scope)
    for one in defaults:
        if (one.type, one.provider) == (type_, provider):
            return Chosen(one.value, f"default:{one.id}")
    return None


def nearest(
    choices: Sequence[Preference], type_: str, provider: str, place: Mapping[Scope, int]
) -> Preference | None:
    """The choice made nearest to a place, or None."""
    fitting = [
        choice
        for choice in choices
        if choice.type == type_
        and choice.provider == provider
        and place.get(choice.scope, choice.scope_id) == choice.scope_id
    ]
    return max(fitting, key=lambda choice: _RANK[choice.scope], default=None)
