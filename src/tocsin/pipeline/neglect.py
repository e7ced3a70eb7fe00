"""Neglect: of rules that have long not fired their people are told twice, and then they are switched off."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.core.neglect import SILENT, Owned, Stage, Step, decide, reaches_somebody, tell
from tocsin.notifications.neglected_rule import NOTIFICATION_KIND, Facts, SilentRule
from tocsin.pipeline import announce, clock, links
from tocsin.pipeline.reach import services_of
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import Project
from tocsin.store.queries import directory, rules_home
from tocsin.store.queries import neglect as queries
from tocsin.store.queries.neglect import Silent
from tocsin.store.writes import neglect, rules
from tocsin.store.writes.rules import Home

log = logging.getLogger("tocsin.neglect")

EVERY = 3600
RULES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Group:
    """Rules of one home and owner for which the same comes next: one message tells of all of them."""

    project_id: int | None
    organization_id: int | None
    owner_user_id: int | None
    owner_team_id: int | None
    stage: Stage


def look() -> int:
    """Does for each rule what comes next; for how many.

    What fails is tried again at the next run, and holds nothing else up.
    """
    now, done = clock.now(), 0
    for found in queries.silent(now - SILENT):
        for group, rule_ids in _grouped(found, now).items():
            try:
                done += _do(group, rule_ids, now)
            except Exception:
                log.exception(
                    "%d rules that do not fire could not be looked after; they are tried again.", len(rule_ids)
                )
    return done


def _grouped(found: Sequence[Silent], now: datetime) -> Mapping[_Group, list[int]]:
    grouped: dict[_Group, list[int]] = defaultdict(list)
    by_id = {one.rule.pk: one.rule for one in found}
    for step in decide((one.watched for one in found), now):
        rule = by_id[step.rule_id]
        group = _Group(rule.project_id, rule.organization_id, rule.owner_user_id, rule.owner_team_id, step.stage)
        grouped[group].append(step.rule_id)
    return grouped


def _do(group: _Group, rule_ids: Sequence[int], now: datetime) -> int:
    """All or nothing, and decided anew: since it was looked at, a rule may have fired, been changed, been kept, or
    another node was faster."""
    with one_transaction():
        one_at_a_time(queries.projects(group.project_id, group.organization_id))
        found = {one.rule.pk: one for one in queries.of(rule_ids)}
        decided = decide((one.watched for one in found.values()), now)
        steps = {step.rule_id: step for step in decided if step.stage is group.stage}
        is_done = bool(steps) and _save(group.stage, [(found[one], step) for one, step in steps.items()], now)
    return len(steps) if is_done else 0


def _save(stage: Stage, steps: Sequence[tuple[Silent, Step]], now: datetime) -> bool:
    """False where nobody can be told: then nothing is said to have been, and the rules stay on."""
    ids = [step.rule_id for _, step in steps]
    if stage in (Stage.FIRST, Stage.LAST) and not _tell(steps, now, is_last=stage is Stage.LAST):
        return False
    if stage is Stage.FORGOTTEN:
        neglect.forget(ids)
    elif stage is Stage.OFF:
        for one, _ in steps:
            rules.let_go(one.rule, now)
    elif stage is Stage.LAST:
        for _, step in steps:
            neglect.last_said(step.rule_id, step.off_at, now)
    else:
        neglect.first_said(ids, steps[0][1].off_at, now)
    return True


def _tell(steps: Sequence[tuple[Silent, Step]], now: datetime, *, is_last: bool) -> bool:
    first = steps[0][0]
    rule, organization = first.rule, first.organization
    here = directory.of(organization.pk, organization.version)
    owned = Owned(
        rule.project_id or 0,
        rule.owner_user_id,
        rule.owner_team_id,
        tuple(directory.managers(organization.pk)),
        rule.label if len(steps) == 1 else f"{len(steps)} alert rules",
        f"rule:{rule.pk}",
    )
    routed = tell(owned, here, services_of(here))
    if not reaches_somebody(routed):
        return False
    announce.tell(
        organization_id=organization.pk,
        kind=NOTIFICATION_KIND.slug,
        facts=_facts(steps, is_last=is_last),
        routed=routed,
        here=here,
        now=now,
        project_id=rule.project_id,
    )
    return True


def _facts(steps: Sequence[tuple[Silent, Step]], *, is_last: bool) -> Facts:
    first = steps[0][0]
    organization = first.organization.slug
    shown = steps[:RULES_SHOWN]
    return Facts(
        organization=organization,
        project=first.rule.project.slug if first.rule.project else "",
        url=links.rules(organization, first.shown_in),
        rules=tuple(_silent(one, step, organization) for one, step in shown),
        settings_url=links.preferences(),
        more=len(steps) - len(shown),
        is_last=is_last,
    )


def _silent(one: Silent, step: Step, organization: str) -> SilentRule:
    return SilentRule(
        label=one.rule.label,
        url=f"{links.rule(organization, one.shown_in, one.rule.pk)}#silent",
        since=_day(one.watched.silent_since),
        off=_day(step.off_at),
        fired=one.watched.fired == one.watched.silent_since,
    )


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def keep(home: Home, rule_id: int, *, kept: bool, actor_id: int | None, now: datetime) -> bool | None:
    """Keeps a rule however long it does not fire, or no more; False where that is so already, None for no rule."""
    with one_transaction():
        one_at_a_time(rules_home.projects(home))
        rule = rules_home.own(home, rule_id)
        if rule is None:
            return None
        organization_id = home.organization_id if isinstance(home, Project) else home.pk
        return neglect.keep(rule, organization_id, kept=kept, actor_id=actor_id, now=now)
