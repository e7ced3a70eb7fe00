"""An organization of three people and two teams, rules that tell them, and what came of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.core.fields import text
from tocsin.core.people import Connection, Directory, Person, Preference, Scope, Team
from tocsin.core.plan import Routed, Services
from tocsin.core.reasons import Reason, Verdict
from tocsin.core.registry import Audience, Provider, RuleAction
from tocsin.core.route import route
from tocsin.core.rule import Action, Rule
from tocsin.core.targets import Occasion

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORGANIZATION, PROJECT, OTHER_PROJECT = 1, 10, 11
ANA, BEN, CID = (Person(n, name, f"{name.lower()}@example.com") for n, name in enumerate(("Ana", "Ben", "Cid"), 7))
WEB, OPS = Team(7, "web", (ANA.id, BEN.id)), Team(8, "ops", (CID.id,))
SLACK = Connection(3, "chat", "Acme")


@dataclass(frozen=True)
class Nothing:
    """Nothing to set."""


@dataclass(frozen=True)
class Address:
    to: str


@dataclass(frozen=True)
class People:
    targetType: str = "IssueOwners"  # noqa: N815
    targetIdentifier: str = ""  # noqa: N815
    fallthroughType: str = "AllMembers"  # noqa: N815


@dataclass(frozen=True)
class Channel:
    workspace: str = text("Workspace")
    channel: str = text("Channel")
    tags: str = text("Tags")
    notes: str = text("Notes")


def a_provider(slug: str, action: RuleAction, **fields) -> Provider:
    return Provider(
        slug=slug,
        name=slug.title(),
        settings=Nothing,
        address=Address,
        send=lambda settings, parcel: iter(()),
        example=None,
        example_address=None,
        describe=lambda address: address.to,
        action=action,
        **fields,
    )


TELL = RuleAction(("tell",), Audience.PEOPLE, People, "")
POST = RuleAction(
    ("post",), Audience.DESTINATION, Channel, "", integration="workspace", address=lambda o: Address(o.channel)
)
MAIL = a_provider("mail", TELL, personal=lambda person: Address(person.email) if person.email else None)
PUSH = a_provider("push", TELL, personal=lambda person: Address(f"device of {person.id}"))
CHAT = a_provider("chat", POST)
MAIL_ONLY = Services({"mail": MAIL, "chat": CHAT}, {"mail": None, "chat": 3})
BOTH = Services({"mail": MAIL, "push": PUSH, "chat": CHAT}, {"mail": None, "push": None, "chat": 3})


def a_directory(**columns) -> Directory:
    defaults = {
        "people": {person.id: person for person in (ANA, BEN, CID)},
        "teams": {team.id: team for team in (WEB, OPS)},
        "project_teams": {PROJECT: (WEB.id,), OTHER_PROJECT: (OPS.id,)},
        "connections": {SLACK.id: SLACK},
    }
    return Directory(ORGANIZATION, **{**defaults, **columns})


def a_rule(*actions: Action, id: int = 1, **columns) -> Rule:  # noqa: A002
    return Rule(
        id=id,
        project_id=PROJECT,
        label=f"Rule {id}",
        action_match="all",
        filter_match="all",
        frequency=timedelta(minutes=30),
        conditions=(),
        filters=(),
        actions=actions,
        **columns,
    )


def tell(target: str = "IssueOwners", identifier: object = "", otherwise: str = "AllMembers") -> Action:
    return Action(MAIL, TELL, People(target, str(identifier), otherwise), "")


def post(channel: str = "#ops", workspace: object = SLACK.id, **options) -> Action:
    return Action(CHAT, POST, Channel(str(workspace), channel, **options), "")


def routed(
    *actions: Action, directory: Directory | None = None, services: Services = MAIL_ONLY, **occasion
) -> Routed:
    return route([a_rule(*actions)], Occasion(PROJECT, **occasion), directory or a_directory(), services)


def told(outcome: Routed) -> list[str]:
    """The addresses that will be written to."""
    return [planned.destination.address.to for planned in outcome.planned if planned.suppressed is None]


def held_back(outcome: Routed) -> dict[str, Reason]:
    return {planned.destination.address.to: planned.suppressed for planned in outcome.planned if planned.suppressed}


def steps(outcome: Routed, verdict: Verdict) -> set[tuple[str, Reason]]:
    return {(step.subject, step.reason) for step in outcome.trace if step.verdict is verdict}


def never(person: Person, provider: str = "", scope: Scope = Scope.USER, scope_id: int = 0, value: str = "never"):
    return Preference(40 + person.id, person.id, scope, scope_id, "alerts", value, provider)


def prefer(*choices: Preference) -> Directory:
    by_user: dict[int, tuple[Preference, ...]] = {}
    for choice in choices:
        by_user[choice.user_id] = (*by_user.get(choice.user_id, ()), choice)
    return a_directory(preferences=by_user)
