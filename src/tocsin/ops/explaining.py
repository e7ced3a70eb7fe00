"""What `tocsin explain` prints, as plain values."""

from collections.abc import Iterator
from typing import Any

from tocsin.core.commands import InvalidCommandError
from tocsin.core.reasons import SENTENCES
from tocsin.ops.errors import WrongInputError
from tocsin.pipeline import explain, whatif
from tocsin.pipeline.assignment import Assignee
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import Issue, Project, User
from tocsin.store.queries import commands, told
from tocsin.store.queries.told import ToldDelivery


def issue(short_id: str, organization: str) -> Issue:
    """The issue of a short id; a WrongInputError that says what is missing."""
    slug, _, number = short_id.strip().lower().rpartition("-")
    if not slug or not number.isdecimal() or len(number) > 18:
        raise WrongInputError(f"{short_id} is no short id: they look like SHOP-12.")
    found = Issue.objects.filter(project__slug=slug, number=int(number)).select_related("project")
    if organization:
        found = found.filter(project__organization__slug=organization)
    several = list(found[:2])
    if not several:
        raise WrongInputError(f"There is no issue {short_id}.")
    if len(several) > 1:
        raise WrongInputError(f"Several organizations have an issue {short_id}: say which with --organization.")
    return several[0]


def of_issue(found: Issue) -> Iterator[dict[str, Any]]:
    """Every notification of an issue, whole."""
    latest, _ = told.of_issue(found.project.organization_id, found.pk)
    for one in latest:
        kind = catalogue().kinds.get(one.kind)
        yield {
            "what": kind.name if kind else one.kind,
            "when": one.decided,
            "steps": list(one.trace),
            "deliveries": [_delivery(each) for each in one.deliveries],
        }


def of_person(found: Issue, email: str) -> Iterator[dict[str, Any]]:
    """Every notification of an issue, as it concerns one member."""
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise WrongInputError(f"Nobody here has the address {email}.")
    try:
        explained = explain.of_issue(found.project.organization_id, found.pk, person.pk)
    except explain.NothingToExplainError as error:
        raise WrongInputError(str(error)) from None
    for one in explained:
        yield {
            "what": f"{one.kind}: {'told' if one.was_told else 'not told'}",
            "when": one.decided,
            "steps": list(one.steps),
            "deliveries": [_delivery(each) for each in one.deliveries],
        }


def supposed_assignment(found: Issue, who: str) -> Iterator[dict[str, Any]]:
    """Who would hear if the issue were given to somebody."""
    called = commands.called(found.project.organization_id, who)
    if called is None:
        raise WrongInputError(f"{who} is nobody in this organization: give an address or #team.")
    try:
        supposed = whatif.if_assigned(
            organization_id=found.project.organization_id,
            issue_id=found.pk,
            to=Assignee(*called),
            actor_id=None,
        )
    except InvalidCommandError as error:
        raise WrongInputError(str(error)) from None
    yield _supposed(supposed)


def supposed_alerts(slug: str, organization: str) -> Iterator[dict[str, Any]]:
    """Who would hear of each alert rule of a project."""
    found = Project.objects.filter(slug=slug)
    if organization:
        found = found.filter(organization__slug=organization)
    if found.count() != 1:
        words = "Several organizations have" if found.count() else "There is no"
        raise WrongInputError(f"{words} project {slug}; say which with --organization.")
    project = found.get()
    for one in whatif.if_alerted(organization_id=project.organization_id, project_id=project.pk):
        yield _supposed(one)


def _supposed(one: whatif.Supposed) -> dict[str, Any]:
    return {
        "what": f"{one.what}, if it were so",
        "steps": [step.as_json() for step in one.routed.trace],
        "deliveries": [
            {
                "state": "suppressed" if planned.suppressed else "sent",
                "to": planned.destination.label,
                "provider": planned.destination.provider,
                "reason": SENTENCES[planned.suppressed] if planned.suppressed else "",
            }
            for planned in one.routed.planned
        ],
    }


def _delivery(one: ToldDelivery) -> dict[str, Any]:
    return {"state": one.state, "to": one.label, "provider": one.provider, "reason": one.reason}
