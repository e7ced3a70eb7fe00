"""A project's alert rules in sentences, and when they fired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.core.people import Directory
from tocsin.core.rule import Unknown, compile_rule
from tocsin.core.rule_words import line, named, sentence
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import api_places, directory
from tocsin.store.queries import rules as queries
from tocsin.store.queries.rules import Row
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.roles import may_manage
from tocsin.web.rule_history import history
from tocsin.web.rule_silence import Silence, silence, silent_ones
from tocsin.web.rule_snoozing import quiet_ones, snoozing
from tocsin.web.views.project import project_of

MATCH = {"all": "all of these hold", "any": "any of these holds", "none": "none of these holds"}


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words. Lines that this product cannot run are in `unknown`, never left out."""

    row: Row
    when_match: str
    when: tuple[str, ...]
    if_match: str
    filters: tuple[str, ...]
    then: tuple[str, ...]
    unknown: tuple[Unknown, ...]
    minutes: int
    where: str = ""
    wait: int = 0
    hourly_limit: int = 0
    silence: Silence | None = None


@member_of_organization
@require_safe
def index(request: MemberRequest, project: str) -> HttpResponse:
    found = project_of(request, project)
    rows = queries.of_project(found.id, request.now)
    context = {
        "project": found,
        "may_edit": may_edit(request, found.id),
        "may_edit_all": may_manage(request),
        "rules": said(request, rows),
        **quiet_ones(request, [row.id for row in rows]),
    }
    return render(request, "rules.html", context)


@member_of_organization
@require_safe
def one(request: MemberRequest, project: str, rule_id: int) -> HttpResponse:
    found = project_of(request, project)
    row = queries.one(found.id, rule_id)
    if row is None:
        raise Http404("There is no such alert rule.")
    context = {
        "project": found,
        "rule": said(request, [row])[0],
        "may_edit": may_manage(request) if row.of_all else may_edit(request, found.id),
        **history(request, found.id, row.id),
        **snoozing(request, found.id, row.id),
        "silence": silence(row.id, row.status),
    }
    return render(request, "rule.html", context)


def may_edit(request: MemberRequest, project_id: int) -> bool:
    """Whether the person may change a project's own rules."""
    return may_manage(request) or api_places.is_on_team(request.person.pk, project_id)


def said(request: MemberRequest, rows: Sequence[Row]) -> list[Said]:
    """The rules in words, with the names of the organization's people, teams and connections."""
    here = directory.of(request.organization.pk, request.organization.version)
    silent = silent_ones(rows)
    return [_said(row, here, silent.get(row.id)) for row in rows]


def _said(row: Row, here: Directory, silence: Silence | None) -> Said:
    rule = compile_rule(
        catalogue(),
        rule_id=row.id,
        project_id=row.project_id,
        label=row.label,
        environment=row.environment,
        data=row.data,
    )
    return Said(
        row=row,
        when_match=MATCH.get(rule.action_match, rule.action_match),
        when=tuple(line(node, here) for node in rule.conditions),
        if_match=MATCH.get(rule.filter_match, rule.filter_match),
        filters=tuple(line(node, here) for node in rule.filters),
        then=tuple(sentence(one.kind, one.options, named(one.kind, one.options, here)) for one in rule.actions),
        unknown=(*rule.broken, *rule.broken_actions),
        minutes=_minutes(rule.frequency),
        where=rule.where.words,
        wait=_minutes(rule.wait),
        hourly_limit=rule.hourly_limit,
        silence=silence,
    )


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
