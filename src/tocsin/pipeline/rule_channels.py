"""The channels that a rule's actions name, looked up before it is saved: each gets its id, or a reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tocsin.core.channels import Channel, Unfit, Wanted, taking
from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.registry import Channels
from tocsin.core.rule_check import Refusal
from tocsin.core.rule_lines import MOST_NODES
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.channel_place import Answer, Place, Unchecked, Waits, Way, place
from tocsin.pipeline.channels import by_id, by_name, look_up

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule's actions with the ids of their channels; why some may not be named; what is not known yet; what
    nobody can tell, so that it stands as it was sent."""

    actions: list[Any] = field(default_factory=list)
    refused: Refusal | None = None
    waits: tuple[Waits, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """An action's channel. `known` says that the rule leads there already: then a service that does not answer
    keeps nobody from saving."""

    number: int
    node: Node
    here: Place
    wanted: Wanted
    known: bool

    @property
    def path(self) -> str:
        return f"actions.{self.number}.{self.here.channels.name}"


def look(
    organization_id: int, sent: Mapping[str, Any], stored: Mapping[str, Any], until: datetime, way: Way
) -> Looked:
    """Asks the services of a rule's actions for their channels until then; `stored` is the rule as it stands."""
    nodes = sent.get("actions")
    if not isinstance(nodes, list) or len(nodes) > MOST_NODES:
        return Looked([] if not isinstance(nodes, list) else nodes)
    found = Looked(list(nodes))
    for one in _named(organization_id, nodes, stored.get("actions") or (), way):
        found = _told(found, one, _asked(one, until))
    return found


def names(actions: object) -> list[tuple[str, str]]:
    """What saving asks for: (service, channel) of each action that names one."""
    found = []
    for node in actions if isinstance(actions, list) else []:
        if declared := _declared(node):
            service, channels, _ = declared
            found.append((service, _wanted(channels, node).shown))
    return [one for one in found if one[1]]


def _declared(node: object) -> tuple[str, Channels, str] | None:
    """The service of an action that names a channel, how such are looked up, and the option with the connection."""
    wire_id = str(node.get("id", "")) if isinstance(node, Mapping) else ""
    provider, action = catalogue().action(wire_id) or (None, None)
    if provider is None or action is None or provider.channels is None:
        return None
    return provider.name, provider.channels, action.integration


def _wanted(channels: Channels, node: Node) -> Wanted:
    id_ = next((str(node[one]) for one in channels.ids if node.get(one)), "")
    return channels.wanted(str(node.get(channels.name) or ""), id_)


def _named(organization_id: int, nodes: Sequence[Any], before: Sequence[Any], way: Way) -> Iterator[_Named]:
    """The actions that can be asked about; what is wrong with the others is for the check to say."""
    for number, node in enumerate(nodes):
        declared = _declared(node)
        if declared is None or not _is_good(node):
            continue
        _, channels, option = declared
        connection = str(node[option])
        here = (
            place(organization_id, int(connection), way)
            if connection.isdecimal() and len(connection) < 19
            else None
        )
        if here is None or here.channels is not channels:
            continue
        wanted = _wanted(channels, node)
        same = _same(wanted, channels, option, node, before)
        yield _Named(number, node, here, same or wanted, known=same is not None)


def _is_good(node: Node) -> bool:
    _, action = catalogue().action(str(node["id"])) or (None, None)
    try:
        return action is not None and parse(action.options, node) is not None
    except InvalidFieldsError:
        return False


def _same(wanted: Wanted, channels: Channels, option: str, node: Node, before: Sequence[Any]) -> Wanted | None:
    """What the stored rule leads to by the same name (and id, if one is given), with its id; None for a new one."""
    for one in before:
        if not isinstance(one, Mapping) or one.get("id") != node["id"] or str(one.get(option)) != str(node[option]):
            continue
        stored = _wanted(channels, one)
        if stored.id and stored.key == wanted.key and wanted.id in ("", stored.id):
            return replace(wanted, id=stored.id, listing=stored.listing)
    return None


def _asked(one: _Named, until: datetime) -> Answer:
    if not one.known:
        return look_up(one.here, one.wanted, until)
    found = by_id(one.here, replace(one.wanted, name=""), until)
    # It may have been renamed since: it is followed. One that takes nothing any more may have a successor.
    kept = taking(found, one.here.service) if isinstance(found, Channel) else found
    if not isinstance(kept, Unfit) or not one.wanted.name:
        return kept
    successor = by_name(one.here, replace(one.wanted, id=""), until)
    return successor if isinstance(successor, Channel) else kept


def _told(found: Looked, one: _Named, answer: Answer) -> Looked:
    match answer:
        case Channel():
            actions = list(found.actions)
            actions[one.number] = _filled(one, answer)
            return replace(found, actions=actions)
        case Unfit():
            return replace(found, refused=_refused(found.refused, one, answer.reason))
        case Waits() | Unchecked() if one.known:
            actions = list(found.actions)
            actions[one.number] = {**one.node, one.here.channels.ids[0]: one.wanted.id}
            return replace(found, actions=actions)
        case Waits():
            return replace(found, waits=(*found.waits, answer))
        case Unchecked():
            words = f"{one.here.service} was not asked about {one.wanted.shown}: {answer.reason}"
            return replace(found, unchecked=(*found.unchecked, words))


def _filled(one: _Named, channel: Channel) -> dict[str, Any]:
    """The action as it is stored: its channel by the name of today, and by id."""
    channels = one.here.channels
    first, *others = channels.ids
    name = channel.shown if channel.name else one.wanted.shown
    return {
        **one.node,
        channels.name: name,
        first: channel.id,
        **{other: channel.id for other in others if one.node.get(other)},
    }


def _refused(before: Refusal | None, one: _Named, reason: str) -> Refusal:
    said = [*(before.reasons["actions"] if before else ()), f"Action {one.number + 1}: {reason}"]
    return Refusal({"actions": said}, at={**(before.at if before else {}), one.path: reason})
