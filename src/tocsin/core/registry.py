"""The records that catalogue files declare, and the walk that finds them: a slug is a file's name."""

import importlib
import logging
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Protocol
from zlib import crc32

from tocsin.core.acts import Now
from tocsin.core.additions import Addition
from tocsin.core.backoff import MESSAGES, Policy
from tocsin.core.channels import Wanted
from tocsin.core.facts import Facts, Need
from tocsin.core.issue import Happening
from tocsin.core.message import Message
from tocsin.core.origin import Origin
from tocsin.core.pace import UNPACED, Pace
from tocsin.core.people import Account, Person
from tocsin.core.roster import Roster
from tocsin.core.sending import Parcel, Sending
from tocsin.core.spots import Spot

log = logging.getLogger("tocsin.catalogue")


class Phase(StrEnum):
    """Where a rule asks: WHEN something happens, IF it is worth an alert."""

    WHEN = "condition"
    IF = "filter"


def no_needs(options: Any) -> Iterable[Need]:
    """For conditions that look at nothing beyond the event and its issue."""
    del options
    return ()


def any_event(options: Any) -> None:
    """For conditions that may hold whatever the event's tags."""
    del options


class About(StrEnum):
    """What a condition or filter looks at, as the pages group them."""

    LIFE = "What becomes of the issue"
    OFTEN = "How often it happens"
    ISSUE = "The issue"
    EVENT = "The event"
    RELEASE = "The release"
    OTHER = "Something else"


@dataclass(frozen=True)
class Condition:
    """One line of a rule's "when" or "if".

    `ids` are the wire ids that it answers to, the one to write first. `sentence` is a format string over
    the option names, with the parts that empty options leave out in [brackets]. `needs` names the facts that have
    to be fetched; `holds` is pure, asks for them with `facts.value(need)` and never raises for an event that
    merely lacks something. `only_with` is the one tag and value without which it holds for no event, so that
    the rules of other values need not be asked. `hears_activities` says that it can hold for what happens without
    an event; `state` names what an issue has just become where it holds: two different ones never hold at once.
    """

    slug: str
    phase: Phase
    ids: tuple[str, ...]
    sentence: str
    options: type[Any]
    holds: Callable[[Any, Facts], bool]
    needs: Callable[[Any], Iterable[Need]] = no_needs
    only_with: Callable[[Any], tuple[str, str] | None] = any_event
    label: str = ""
    hears_activities: bool = False
    state: str = ""
    about: About = About.OTHER

    def phase_of(self, wire_id: str) -> Phase:
        """Where a node with this id stands: filters that were conditions once still answer to their old ids."""
        if ".conditions." in wire_id:
            return Phase.WHEN
        return Phase.IF if ".filters." in wire_id else self.phase


class Audience(StrEnum):
    """Whom a rule's action reaches."""

    PEOPLE = "people"  # targets resolved to persons, over the services that they allow
    DESTINATION = "destination"  # one address of one integration


def by_address(address: Any, conversation: str) -> str:
    """One lane for each address: whatever goes there goes in order."""
    del conversation
    return repr(address)


def by_conversation(address: Any, conversation: str) -> str:
    """Order within a conversation only: 16 lanes for each address, for services that take much at once."""
    return f"{address!r}/{crc32(conversation.encode()) % 16}"


@dataclass(frozen=True)
class RuleAction:
    """A provider's line of a rule's "then".

    For DESTINATION, `integration` names the option that holds the integration's id and `address` builds
    the provider's address from the options. `sentence` is as a condition's.
    """

    ids: tuple[str, ...]
    audience: Audience
    options: type[Any]
    sentence: str
    integration: str = ""
    address: Callable[[Any], Any] | None = None
    label: str = ""


class Asks(Protocol):
    def __call__(self, app: Any, back: str, state: str, *, hears: bool) -> str: ...


class Lacks(Protocol):
    def __call__(self, settings: Any, *, hears: bool) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Install:
    """How an account of a service is connected by the consent of whoever manages it there (OAuth 2), not by typing.

    `app` declares what the operator sets of the app that asks for consent. `consent` is the page of the service
    where somebody agrees (app, where it leads back, state, and whether it is to hear what people write in threads);
    `exchange` makes a `Granted` of the code that came back
    (app, code, where it led back); `renew` one of the settings of an integration whose token runs out. `fills` is
    the field of the settings that the token goes to; `lacks` names what an account was not asked for when these
    settings were given, and this version asks for, to hear too or not. `denied` says in words what an error on the
    way back means; `manifest` describes the app for an instance's address, ready to be pasted where the service
    makes apps (`made_at`); `set_afterwards` are the variables that the operator sets then, with where the service
    shows them; `account` is what the service calls an account.
    """

    app: type[Any]
    consent: Asks
    exchange: Callable[[Any, str, str], Sending]
    renew: Callable[[Any, Any], Sending]
    fills: str
    lacks: Lacks
    denied: Callable[[str], str]
    manifest: Callable[[str, Mapping[str, str]], str]
    made_at: str
    set_afterwards: tuple[tuple[str, str], ...]
    account: str  # "workspace"


@dataclass(frozen=True)
class Channels:
    """How the channels of a service are looked up by name, so that a rule names none that is not there.

    `name` is the option of the rule's action that holds what people call a channel, `ids` those that may hold the
    service's own id, the one to write first. `wanted` says what is meant by the two. `find` (settings, id) and
    `page` (settings, listing, cursor) end with `Listed`, a question or two later; otherwise with `Retry` for what
    may be told later, `Gone` for what is not there (with `account`: we are let in no more), `Refused` for what we
    may not ask, `Unknown` where nothing can be told.
    """

    name: str
    ids: tuple[str, ...]
    wanted: Callable[[str, str], Wanted]
    find: Callable[[Any, str], Sending]
    page: Callable[[Any, str, str], Sending]


@dataclass(frozen=True)
class Provider:
    """A kind of outside service that delivers. Does no I/O: `send` yields requests and is handed replies.

    `settings` declares what an integration holds, `address` what one destination holds. `lane` names,
    within an integration, what keeps order: one delivery of a lane is on its way at a time; `personal` gives the
    address of a person, or None when they cannot be reached this way; `account` that of an account that a person or
    a team linked (a Slack user, a channel, a mailing list). `on_by_default` is false where people have to ask for
    it; `threads` says that what happens to an issue is said below the first message about it, `thread_of` what the
    service calls that thread when people write there (of the message's reference), `unsubscribes` that
    its messages carry the link that ends them (`parcel.unsubscribe`). `check` asks the service whether the settings
    work without a visible effect, where it can; `send` says something on its own, `reply` below the first message
    of the conversation (`parcel.parent`), `edit` rewrites that one; `spot` makes an address of a place that is no
    conversation, or None where the service has none such or it is not the service's (its usual address, or the one
    given second); `install` connects an account by consent, `roster` asks who is in one, `channels` looks up what a
    rule names there. `policy`
    says how often a delivery is tried, `pace` how fast one lane may go, `at_once` how many deliveries of one
    integration a sender has on their way: what waits beyond that stays unclaimed and leaves room for others.
    `origin` tells the service itself from what speaks in its name; `command` is what people type there to speak to
    us, by what the operator set (TOCSIN_* variables). `example` is used by tests, gallery and docs.
    """

    slug: str
    name: str
    settings: type[Any]
    address: type[Any]
    send: Callable[[Any, Parcel], Sending]
    example: Any
    example_address: Any
    describe: Callable[[Any], str]  # an address in a few words: "#ops", "ana@example.com"
    action: RuleAction | None = None
    personal: Callable[[Person], Any | None] | None = None
    account: Callable[[Account], Any] | None = None
    on_by_default: bool = True
    threads: bool = False
    thread_of: Callable[[Mapping[str, str]], str] | None = None
    unsubscribes: bool = False
    needs_integration: bool = True
    test_hint: str = ""
    docs: str = ""
    check: Callable[[Any], Sending] | None = None
    reply: Callable[[Any, Parcel], Sending] | None = None
    edit: Callable[[Any, Parcel], Sending] | None = None
    spot: Callable[[Spot, str], Any | None] | None = None
    install: Install | None = None
    roster: Roster | None = None
    origin: Origin | None = None
    command: Callable[[Mapping[str, str]], str] | None = None
    channels: Channels | None = None
    policy: Policy = MESSAGES
    lane: Callable[[Any, str], str] = by_address
    pace: Pace = UNPACED
    at_once: int = 100  # half of what a sender has on its way: one slow integration leaves room for the others


class Concern(StrEnum):
    """Whom a kind concerns when it happens by itself, without an alert rule."""

    NAMED = "named"  # those that whoever announces it names
    FOLLOWERS = "followers"  # those who follow the issue, or all issues of the project
    COMMITTERS = "committers"  # those who have a part in the release, or want to hear of all


@dataclass(frozen=True)
class NotificationKind:
    """One kind of thing worth saying. `facts` is a frozen dataclass that survives JSON; `render` is pure.

    `happening` is what it is about, for kinds that follow from one; `brief` is what is said of it in the thread of
    an alert, for those that are said there. `secret` names the facts that only the recipient may read: pages show a
    message without them. `as_it_stands` makes of facts those of the same message once the issue has changed: such
    messages are rewritten wherever they stand and a service can.
    """

    slug: str
    name: str
    category: str  # the preference type that governs it: alerts, workflow …
    facts: type[Any]
    render: Callable[[Any], Message]
    example: Any
    secret: tuple[str, ...] = ()
    happening: Happening | None = None
    concerns: Concern = Concern.NAMED
    brief: Callable[[Any], Message] | None = None
    as_it_stands: Callable[[Any, Now], Any] | None = None


@dataclass(frozen=True)
class Catalogue:
    """All that was found, by slug and by wire id."""

    providers: Mapping[str, Provider] = field(default_factory=dict)
    kinds: Mapping[str, NotificationKind] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    additions: Mapping[str, Addition] = field(default_factory=dict)

    def condition(self, wire_id: str) -> Condition | None:
        """The condition or filter that answers to a wire id."""
        return self._conditions_by_id.get(wire_id)

    def action(self, wire_id: str) -> tuple[Provider, RuleAction] | None:
        """The rule action that answers to a wire id, with its provider."""
        return self._actions_by_id.get(wire_id)

    def kind_of(self, happening: Happening) -> NotificationKind | None:
        """The kind that says that something happened; None for what only the timeline shows."""
        return self._kinds_by_happening.get(happening)

    def additions_to(self, kind: str) -> tuple[Addition, ...]:
        """What plug-ins may add to messages of a kind, in the order of their names."""
        return self._additions_by_kind.get(kind, ())

    def __post_init__(self) -> None:
        kinds = {found.happening: found for found in self.kinds.values() if found.happening}
        object.__setattr__(self, "_kinds_by_happening", kinds)
        # Who comes first keeps a wire id: ours come before plug-ins.
        conditions: dict[str, Condition] = {}
        for found in self.conditions.values():
            for wire_id in found.ids:
                conditions.setdefault(wire_id, found)
        actions = {
            wid: (provider, provider.action)
            for provider in self.providers.values()
            if provider.action
            for wid in provider.action.ids
        }
        object.__setattr__(self, "_conditions_by_id", conditions)
        object.__setattr__(self, "_actions_by_id", actions)
        asked = {
            kind.slug: tuple(one for one in self.additions.values() if one.is_for(kind.slug, kind.category))
            for kind in self.kinds.values()
        }
        object.__setattr__(self, "_additions_by_kind", asked)

    _conditions_by_id: Mapping[str, Condition] = field(init=False, repr=False, default_factory=dict)
    _kinds_by_happening: Mapping[Happening, NotificationKind] = field(init=False, repr=False, default_factory=dict)
    _actions_by_id: Mapping[str, tuple[Provider, RuleAction]] = field(init=False, repr=False, default_factory=dict)
    _additions_by_kind: Mapping[str, tuple[Addition, ...]] = field(init=False, repr=False, default_factory=dict)


RECORDS: Mapping[str, type[Any]] = {
    "PROVIDER": Provider,
    "NOTIFICATION_KIND": NotificationKind,
    "CONDITION": Condition,
    "ADDITION": Addition,
}


class DuplicateSlugError(RuntimeError):
    """Two catalogue files claim one slug."""


def load(package: ModuleType, attribute: str) -> dict[str, Any]:
    """Every record named `attribute` in the modules of a folder, and of the plug-ins installed for it, by slug.

    A plug-in is a module or a record that an installed distribution names under the entry-point group of the
    folder's name (tocsin.conditions …). One that cannot be loaded is logged and left out: the rest goes on.
    Raises DuplicateSlugError naming both files when two of ours claim the same slug.
    """
    found: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        record = getattr(module, attribute, None)
        if record is None:
            continue
        if record.slug in found:
            raise DuplicateSlugError(f"{info.name} and {origin[record.slug]} both claim the slug {record.slug!r}.")
        found[record.slug] = record
        origin[record.slug] = info.name
    return _with_plug_ins(package.__name__, attribute, found, origin)


def load_plug_ins(group: str, attribute: str) -> dict[str, Any]:
    """The same for what has no folder, as none of it is ours."""
    return _with_plug_ins(group, attribute, {}, {})


def _with_plug_ins(group: str, attribute: str, found: dict[str, Any], origin: dict[str, str]) -> dict[str, Any]:
    for name, record in plugged_in(entry_points(group=group), attribute):
        if record.slug in found:
            log.error(
                "The plug-in %s is left out: the slug %r is taken by %s.", name, record.slug, origin[record.slug]
            )
            continue
        found[record.slug] = record
        origin[record.slug] = name
    return found


def plugged_in(points: Iterable[EntryPoint], attribute: str) -> Iterator[tuple[str, Any]]:
    """The records that entry points name, each with the point's value; what is none is logged."""
    kind = RECORDS[attribute]
    for point in sorted(points, key=lambda one: (one.name, one.value)):
        try:
            loaded = point.load()
            record = getattr(loaded, attribute) if isinstance(loaded, ModuleType) else loaded
            if not isinstance(record, kind):
                raise TypeError(f"{attribute} must be a {kind.__name__}, not {type(record).__name__}")  # noqa: TRY301
        except Exception:
            log.exception("The plug-in %s = %s cannot be used and is left out.", point.name, point.value)
        else:
            yield point.value, record
