"""What the API answers when it cannot: {"detail": why}, or key → reasons for a body that does not fit."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError


class AnsweredError(Exception):
    """Ends a request with an answer of its own."""

    status = 400
    body: Mapping[str, Any] = {}

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.body = {"detail": detail}


class ForbiddenError(AnsweredError):
    """The caller may see this and not do it."""

    status = 403


class TooManyError(AnsweredError):
    """The caller has done it too often; later they may again."""

    status = 429


class MissingError(AnsweredError):
    """There is nothing at this address for this caller."""

    status = 404


class GoneError(AnsweredError):
    """What is asked for is so already."""

    status = 410


class MalformedError(AnsweredError):
    """The body is no JSON object."""


class RefusedError(AnsweredError):
    """The body does not fit, key by key."""

    def __init__(self, reasons: Mapping[str, Any]) -> None:
        super().__init__("")
        self.body = reasons


def install(api: NinjaAPI) -> None:
    """Makes an API answer all errors in these shapes."""
    api.add_exception_handler(AnsweredError, _answered)
    api.add_exception_handler(AuthenticationError, _unauthenticated)
    api.add_exception_handler(RequestDataTooBig, _too_big)


@csrf_exempt  # or a stranger's POST would be told of a token instead of the address
def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """For every address that leads nowhere; a missing last slash is named, as redirecting would lose a body."""
    del rest
    hint = "" if request.path.endswith("/") else f" Did you mean {request.path}/ ?"
    return JsonResponse({"detail": f"There is nothing at this address.{hint}"}, status=404)


def _answered(request: HttpRequest, error: AnsweredError | type[AnsweredError]) -> HttpResponse:
    del request
    return JsonResponse(dict(error.body), status=error.status)


def _unauthenticated(request: HttpRequest, error: object) -> HttpResponse:
    del request, error
    detail = "Sign in, or send “Authorization: Bearer <token>” with a token that is still valid."
    return JsonResponse({"detail": detail}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _too_big(request: HttpRequest, error: object) -> HttpResponse:
    del request, error
    return JsonResponse({"detail": "The body is too large; the most is 2.5 MB."}, status=413)
