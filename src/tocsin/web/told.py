"""A notification's story in words: which rules fired, each step with its cause, each delivery with its state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.core.reasons import Reason
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries.told import Told, ToldDelivery
from tocsin.web.entries import service_name


@dataclass(frozen=True, slots=True)
class Line:
    """One step; `cause` and `link` name and lead to the row that made it so, where a page shows that row."""

    label: str
    verdict: str
    sentence: str
    cause: str
    link: str
    is_rule: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """One delivery with its service's name."""

    delivery: ToldDelivery
    service: str


@dataclass(frozen=True, slots=True)
class Story:
    """One notification as the panel shows it."""

    told: Told
    kind: str
    rules: tuple[str, ...]
    lines: tuple[Line, ...]
    arrows: tuple[Arrow, ...]


def story(told: Told, rules_path: str) -> Story:
    """`rules_path` is where the project's rules are shown, for the links of steps that a rule caused."""
    kinds = catalogue().kinds
    return Story(
        told=told,
        kind=kinds[told.kind].name if told.kind in kinds else told.kind,
        rules=tuple(_fired(told.trace).values()),
        lines=tuple(_lines(told.trace, rules_path)),
        arrows=tuple(Arrow(one, service_name(one.provider)) for one in told.deliveries),
    )


def _fired(trace: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {
        str(step.get("subject")): str(step.get("label"))
        for step in trace
        if step.get("reason") == Reason.RULE_FIRED.value
    }


def _lines(trace: Sequence[Mapping[str, Any]], rules_path: str) -> Iterator[Line]:
    """The steps in their order; one that the rule above it caused does not name that rule again."""
    fired, above = _fired(trace), ""
    for step in trace:
        subject, cause = str(step.get("subject", "")), str(step.get("cause", ""))
        is_rule = step.get("reason") == Reason.RULE_FIRED.value
        above = subject if is_rule else above
        kind, _, number = cause.partition(":")
        yield Line(
            label=str(step.get("label") or subject),
            verdict="fired" if is_rule else str(step.get("verdict", "")),
            sentence=str(step.get("sentence", "")),
            cause="" if cause == above else fired.get(cause, kind),
            link=f"{rules_path}{number}/" if kind == "rule" and number.isdecimal() else "",
            is_rule=is_rule,
        )
