"""Lists that are paged by places, with cursors as on Sentry's wire: 0:PLACE:0."""

from urllib.parse import urlencode

from tocsin.api.access import CallerRequest
from tocsin.api.errors import AnsweredError
from tocsin.pipeline import links

MOST = 100
FURTHEST = 100_000


class NotUnderstoodError(AnsweredError):
    """A parameter makes no sense."""


def first_of(cursor: str, per_page: int) -> int:
    """The place that a page begins at; raises NotUnderstoodError for what this address never gave out."""
    if not 1 <= per_page <= MOST:
        raise NotUnderstoodError(f"per_page takes 1 to {MOST}.")
    if not cursor:
        return 0
    parts = cursor.split(":")
    place = parts[1] if len(parts) == 3 else ""
    if not place.isascii() or not place.isdigit() or len(place) > 6 or int(place) > FURTHEST:
        raise NotUnderstoodError("cursor is none that this address gave out.")
    return int(place)


def neighbours(request: CallerRequest, first: int, per_page: int, *, more: bool) -> str:
    """The Link header: both neighbours, each with whether there is anything."""
    before = _link(request, "previous", max(first - per_page, 0), there=first > 0)
    return f"{before}, {_link(request, 'next', first + per_page, there=more)}"


def _link(request: CallerRequest, rel: str, place: int, *, there: bool) -> str:
    cursor = f"0:{place}:{int(rel == 'previous')}"
    query = request.GET.copy()
    query["cursor"] = cursor
    address = f"{links.base()}{request.path}?{urlencode(list(query.lists()), doseq=True)}"
    return f'<{address}>; rel="{rel}"; results="{"true" if there else "false"}"; cursor="{cursor}"'
