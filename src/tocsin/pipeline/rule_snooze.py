"""Snoozing an alert rule and waking it again: by hand, and once its time has come."""

import logging
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.follow import Asked, tell_members
from tocsin.core.reasons import Reason
from tocsin.core.route import ALERTS
from tocsin.core.rule_snooze import Ask, Whom
from tocsin.notifications.snooze_over import NOTIFICATION_KIND, Facts
from tocsin.pipeline import clock, links
from tocsin.pipeline.announce import tell
from tocsin.pipeline.reach import services_of
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import Project, RuleSnooze
from tocsin.store.queries import directory, rules
from tocsin.store.queries import rule_snoozes as queries
from tocsin.store.writes import rule_snoozes as writes

log = logging.getLogger("tocsin.rule_snooze")

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Already:
    """It is snoozed already, by this row."""

    snooze: RuleSnooze


def snooze(
    project: Project, rule_id: int, ask: Ask, *, actor_id: int, now: datetime
) -> RuleSnooze | Already | None:
    """The new snooze, the one that there is, or None for a rule that does not watch the project."""
    with one_transaction():
        one_at_a_time([project.pk])
        rule = rules.watching(project.pk).filter(pk=rule_id).first()
        if rule is None:
            return None
        there = writes.find(rule, actor_id if ask.whom is Whom.ME else None)
        if there and (there.until is None or now < there.until):
            return Already(there)
        if there:
            writes.end(there, project.organization_id, actor_id=None, now=now)
        return writes.add(rule, project.organization_id, ask, actor_id=actor_id, now=now)


def wake(project: Project, rule_id: int, whom: Whom, *, actor_id: int, now: datetime) -> bool:
    """Ends the person's own snooze, or that of everyone; False when there is none."""
    with one_transaction():
        one_at_a_time([project.pk])
        rule = rules.watching(project.pk).filter(pk=rule_id).first()
        there = writes.find(rule, actor_id if whom is Whom.ME else None) if rule else None
        if there is None:
            return False
        writes.end(there, project.organization_id, actor_id=actor_id, now=now)
        return True


def is_quiet(project: Project, rule_id: int) -> bool:
    """Whether a rule that watches the project is snoozed for everyone."""
    rule = rules.watching(project.pk).filter(pk=rule_id).first()
    return rule is not None and writes.find(rule, None) is not None


def end_by_clock() -> int:
    """Ends the snoozes whose time has come, and tells who made them; how many. A scheduled job: rules act again by
    themselves before it. One that fails is tried again at the next run, and holds no other up."""
    now, done = clock.now(), 0
    for snooze_id in queries.past(now, AT_ONCE):
        try:
            done += _end(snooze_id, now)
        except Exception:
            log.exception("Snooze %d of a rule could not be ended; it is tried again.", snooze_id)
    return done


def _end(snooze_id: int, now: datetime) -> bool:
    """Both or neither; False where somebody ended it in the meantime."""
    with one_transaction():
        over = writes.locked(snooze_id)
        if over is None:
            return False
        organization_id = rules.home(over.rule)
        writes.end(over, organization_id, actor_id=None, now=now)
        if over.rule.status == "active":  # one that is off reaches nobody, snoozed or not
            _tell(over, organization_id, now)
    return True


def _tell(over: RuleSnooze, organization_id: int, now: datetime) -> None:
    """To whom it was quiet; where that was everyone, to whoever wanted it so."""
    teller, rule = over.user_id or over.owner_id, over.rule
    if teller is None:
        return
    here = directory.read(organization_id)
    asked = Asked(
        [teller],
        rule.label,
        f"rule_snooze:{over.pk}",
        ALERTS,
        "you snoozed this alert rule",
        Reason.RULE_SNOOZED,
        rule.project_id or 0,
        occasion=Reason.SNOOZE_OVER,
    )
    tell(
        organization_id=organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=_facts(over),
        routed=tell_members(asked, here, services_of(here)),
        here=here,
        now=now,
        project_id=rule.project_id,
    )


def _facts(over: RuleSnooze) -> Facts:
    organization, project = queries.place(over.rule)
    url = links.rule(organization, project, over.rule_id)
    for_all = over.user_id is None
    return Facts(
        organization=organization,
        project=project if over.rule.project_id else "",
        rule=over.rule.label,
        rule_url=url,
        for_all=for_all,
        hid=queries.hidden(over),
        hid_url=f"{url}#hidden" if for_all else links.not_told(),
        settings_url=links.preferences(),
        why=over.reason,
    )
