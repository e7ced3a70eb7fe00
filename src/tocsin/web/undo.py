"""The last change of choices on a page, kept in the session so that one press takes it back."""

from dataclasses import asdict, dataclass

from tocsin.store.writes.preferences import Choice
from tocsin.web.access import PersonRequest

_UNDO = "undo_choices"


@dataclass(frozen=True, slots=True)
class Undo:
    """What was changed, in words. It is offered once, and only on the page of the same place."""

    said: str


def remember(request: PersonRequest, place: str, said: str, before: list[Choice]) -> None:
    request.session[_UNDO] = {"place": place, "said": said, "before": [asdict(one) for one in before]}


def offered(request: PersonRequest, place: str) -> Undo | None:
    """What can be undone at a place."""
    kept = request.session.get(_UNDO)
    return Undo(kept["said"]) if kept and kept["place"] == place else None


def taken(request: PersonRequest, place: str) -> list[Choice]:
    """What to write to undo the last change of a place; nothing when that was done already."""
    kept = request.session.get(_UNDO)
    if not kept or kept["place"] != place:
        return []
    del request.session[_UNDO]
    return [Choice(**one) for one in kept["before"]]
