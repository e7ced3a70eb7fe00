"""A page that cannot be made while the database is locked, full or away says so, and when to try again."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

log = logging.getLogger("tocsin.web")

RETRY_AFTER = 5  # seconds
WORDS = "The database does not answer just now. Events are still taken; try again in a few seconds."


class Unavailable:
    """Middleware: 503 with Retry-After instead of an error page without a reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this when a view raised; None leaves other errors to the error page."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("%s could not be answered: %s", request.path, exception)
        return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The answer for whoever asked: words for a person, JSON for a program. Touches no database itself."""
    headers = {"Retry-After": str(RETRY_AFTER)}
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": WORDS}, status=503, headers=headers)
    return HttpResponse(render_to_string("503.html", {"words": WORDS}), status=503, headers=headers)
