"""What the three pages of choices share: a table, a form that changes it, and the way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render

from tocsin.core.registry import Provider
from tocsin.store.writes.preferences import Choice
from tocsin.web.access import PersonRequest
from tocsin.web.matrix import Matrix, said, sent
from tocsin.web.undo import offered, remember, taken


@dataclass(frozen=True, slots=True)
class Table:
    """One place's choices. `place` names it, `url` is where its form goes, `may_change` whether it has one.

    `load` reads the table as it is, `save` writes choices and says what they were before.
    """

    place: str
    url: str
    services: Sequence[Provider]
    load: Callable[[], Matrix]
    save: Callable[[Sequence[Choice]], list[Choice]]
    may_change: bool = True


def answer(request: PersonRequest, table: Table, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; after a change the table alone for htmx, and the page anew for a browser without it."""
    note = ""
    if request.method == "POST":
        try:
            note = _change(request, table)
        except ValueError as error:
            return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
        if not getattr(request, "htmx", False):
            return redirect(table.url)
    whole = {
        **context,
        "matrix": table.load(),
        "table": table,
        "undo": offered(request, table.place),
        "note": note,
    }
    return render(request, "_matrix.html" if note or request.method == "POST" else template, whole)


def _change(request: PersonRequest, table: Table) -> str:
    if "undo" in request.POST:
        before = taken(request, table.place)
        table.save(before)
        return _noted(request, "Undone." if before else "There is nothing to undo any more.")
    shown = table.load()
    choices = sent(request.POST.dict(), shown)
    if not choices:
        return _noted(request, "Nothing changed.")
    words = said(choices, table.services, shown.voice)
    remember(request, table.place, words, table.save(choices))
    return ""


def _noted(request: PersonRequest, words: str) -> str:
    if not getattr(request, "htmx", False):
        messages.info(request, words)
    return words
