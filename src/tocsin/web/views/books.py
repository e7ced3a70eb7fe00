"""/-/books: every intent to tell somebody something is accounted for, or the page is red and says why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.core.books import Books, balance
from tocsin.core.delivery import PENDING, State
from tocsin.core.roles import MAY_SEE_BOOKS
from tocsin.pipeline import clock
from tocsin.store.models import Organization
from tocsin.store.queries import accounts, api_places, api_tokens
from tocsin.store.queries import books as queries
from tocsin.store.queries.books import Counted
from tocsin.web.access import PersonRequest, signed_in
from tocsin.web.entries import service_name

RANGES = {
    "1h": ("Hour", timedelta(hours=1)),
    "24h": ("Day", timedelta(days=1)),
    "7d": ("Week", timedelta(days=7)),
    "30d": ("Month", timedelta(days=30)),
}
USUAL = "24h"


@dataclass(frozen=True, slots=True)
class Line:
    """One service's deliveries by what became of them."""

    provider: str
    name: str
    sent: int
    failed: int
    dead: int
    suppressed: int
    held: int
    pending: int

    @property
    def total(self) -> int:
        return self.sent + self.failed + self.dead + self.suppressed + self.held + self.pending


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """For people with a session, or for programs with an API token; `range` is 1h, 24h, 7d or 30d."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return _by_token(request, token.strip() if scheme.lower() == "bearer" else "")
    return _page(request)


def _by_token(request: HttpRequest, token: str) -> HttpResponse:
    found = api_tokens.find(token)
    if found is None:
        return _refused(401, "The token is unknown. Make one under Account.")
    seen = api_places.memberships(found.user_id, found.organization_id)
    mine = [one.organization for one in seen if one.role in MAY_SEE_BOOKS]
    if not mine:
        return _refused(403, "Owners and managers may see the books.")
    return _as_json(request, mine, clock.now())


def _refused(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)


@signed_in
def _page(request: PersonRequest) -> HttpResponse:
    seen = accounts.memberships(request.person.pk)
    mine = [one.organization for one in seen if one.role in MAY_SEE_BOOKS]
    if not mine:
        raise PermissionDenied("Owners and managers may see the books; ask one of them.")
    if request.accepts("application/json") and not request.accepts("text/html"):
        return _as_json(request, mine, request.now)
    counted, found = _found(request, mine, request.now)
    context = {
        "books": found,
        "lines": _lines(counted),
        "organizations": mine,
        "ranges": [(value, words, value == _range(request)) for value, (words, _) in RANGES.items()],
    }
    return render(request, "books.html", context)


def _as_json(request: HttpRequest, organizations: list[Organization], now: datetime) -> JsonResponse:
    counted, found = _found(request, organizations, now)
    answer = {
        "balance": found.balance,
        **asdict(found),
        "organizations": [one.slug for one in organizations],
        "range": _range(request),
        "oldestDue": counted.ledger.oldest_due,
        "providers": {
            line.provider: {name: count for name, count in asdict(line).items() if isinstance(count, int)}
            for line in _lines(counted)
        },
    }
    return JsonResponse(answer)


def _found(request: HttpRequest, organizations: list[Organization], now: datetime) -> tuple[Counted, Books]:
    since = now - RANGES[_range(request)][1]
    # What is decided while we count is in a row that is younger than `now`.
    counted = queries.counted(since, now + timedelta(minutes=1), now, [one.pk for one in organizations])
    return counted, balance(counted.ledger, now)


def _range(request: HttpRequest) -> str:
    asked = request.GET.get("range", USUAL)
    return asked if asked in RANGES else USUAL


def _lines(counted: Counted) -> list[Line]:
    return [_line(provider, states) for provider, states in counted.by_provider.items()]


def _line(provider: str, states: Mapping[State, int]) -> Line:
    def of(state: State) -> int:
        return states.get(state, 0)

    return Line(
        provider,
        service_name(provider),
        of(State.SENT),
        of(State.FAILED),
        of(State.DEAD),
        of(State.SUPPRESSED),
        of(State.HELD),
        sum(of(state) for state in PENDING),
    )
