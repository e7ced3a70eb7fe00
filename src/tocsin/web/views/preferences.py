"""A person's preferences: which alerts, over which services, everywhere and per project."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.core.people import Preference, Scope
from tocsin.core.preferences import ALWAYS, DEFAULT, NEVER, Effective, Place, effective
from tocsin.core.registry import Provider
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import preferences as queries
from tocsin.store.writes import preferences as writes
from tocsin.web.access import PersonRequest, signed_in
from tocsin.web.views.deliveries import number_of

ALERTS = "alerts"
VALUES = (DEFAULT, ALWAYS, NEVER)
BY_DEFAULT, CHOSEN_HERE = "by default", "chosen here"
FROM = {Scope.USER: "everywhere", Scope.ORGANIZATION: "the organization", Scope.PROJECT: "the project"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One choice: over one service, or, with `provider` "", of the alerts at all."""

    provider: str
    name: str
    own: str
    value: str
    source: str
    inherited: str

    @property
    def note(self) -> str:
        """What the choice itself does not say: what holds here because of another."""
        return "" if self.source in (BY_DEFAULT, CHOSEN_HERE) else f"{self.value.capitalize()}, {self.source}"


@dataclass(frozen=True, slots=True)
class Line:
    """One place: everywhere, or a project."""

    scope: str
    scope_id: int
    name: str
    organization: str
    cells: tuple[Cell, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notifications(request: PersonRequest) -> HttpResponse:
    if request.method == "POST":
        return _choose(request)
    choices = queries.chosen(request.person.pk, ALERTS)
    context = {
        "lines": _lines(request.person.pk, choices, queries.places(request.person.pk)),
        "services": [provider.name for provider in _personal()],
        "undo": request.session.pop("undo_preference", None),
    }
    return render(request, "preferences.html", context)


def _choose(request: PersonRequest) -> HttpResponse:
    sent = request.POST
    scope, scope_id = sent.get("scope", ""), number_of(sent.get("scope_id"))
    provider, value = sent.get("provider", ""), sent.get("value", "")
    known = {"", *(found.slug for found in _personal())}
    if scope not in set(Scope) or scope_id is None or provider not in known or value not in VALUES:
        raise Http404("There is no such preference.")
    if not queries.may_choose(request.person.pk, Scope(scope), scope_id):
        raise Http404("There is no such project, or you are in none of its teams.")
    before = writes.chose(request.person.pk, Scope(scope), scope_id, type=ALERTS, provider=provider, value=value)
    undo = {"scope": scope, "scope_id": scope_id, "provider": provider, "value": before}
    if not sent.get("undo"):
        request.session["undo_preference"] = undo if before != value else None
        messages.success(request, "Saved.")
    else:
        request.session["undo_preference"] = None
        messages.success(request, "Undone.")
    return redirect("preferences")


def _lines(user_id: int, choices: tuple[Preference, ...], projects: list[queries.Place]) -> list[Line]:
    return [
        _line(choices, Place(Scope.USER, user_id), "Everywhere", ""),
        *(
            _line(choices, Place(Scope.PROJECT, one.project_id, one.organization_id), one.project, one.organization)
            for one in projects
        ),
    ]


def _line(choices: tuple[Preference, ...], place: Place, name: str, organization: str) -> Line:
    cells = [_cell(choices, place, slug, words) for slug, words in _asked()]
    if cells[0].value == NEVER:
        cells[1:] = [replace(cell, value=NEVER, source="as alerts are never") for cell in cells[1:]]
    return Line(place.scope.value, place.id, name, organization, tuple(cells))


def _cell(choices: tuple[Preference, ...], place: Place, provider: str, name: str) -> Cell:
    found = effective(choices, ALERTS, provider, place)
    elsewhere = tuple(choice for choice in choices if (choice.scope, choice.scope_id) != (place.scope, place.id))
    above = effective(elsewhere, ALERTS, provider, place)
    return Cell(provider, name, found.own, found.value, _source(found, place.scope), above.value)


def _asked() -> list[tuple[str, str]]:
    return [("", "Alerts"), *((provider.slug, provider.name) for provider in _personal())]


def _source(found: Effective, scope: Scope) -> str:
    if found.source is None:
        return BY_DEFAULT
    return CHOSEN_HERE if found.source is scope else f"from {FROM[found.source]}"


def _personal() -> list[Provider]:
    """The services that reach a person, the inbox last."""
    found = [provider for provider in catalogue().providers.values() if provider.personal is not None]
    return sorted(found, key=lambda provider: (provider.slug == "inbox", provider.name))
