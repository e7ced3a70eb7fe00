"""What all hosts' hooks have in common: who is told, the proof, the size, and what is done with it."""

import hmac
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse

from tocsin.core.code import Pulled, Push
from tocsin.formats.release_hooks import UnreadableHookError
from tocsin.pipeline import clock, commits
from tocsin.store.queries import code_hosts
from tocsin.store.queries.code_hosts import Told
from tocsin.store.writes import code_hosts as writes

# Said to whoever has no proof, whether or not there is such an organization.
UNPROVEN = (
    "This is not signed with the secret of an organization here. Take address and secret from Releases, "
    "“Code hosts”, and name the organization in the address if several are told."
)
Read = Callable[[bytes], Push | Pulled | None]


def receive(
    request: HttpRequest, provider: str, organization: str, proves: Callable[[Told, bytes], bool], read: Read
) -> HttpResponse:
    """Takes a host's message: 200 for what was done, 204 for what we have no use for; told again, nothing comes
    of it."""
    if request.method != "POST":
        return _answer(405, "Hooks are POSTed here.")
    try:
        body = request.body
    except RequestDataTooBig:
        return _answer(413, "The body is too large; the most is 2.5 MB.")
    host = code_hosts.told(provider, organization)
    if host is None or not host.secret or not proves(host, body):
        return _answer(401, UNPROVEN)
    try:
        told = read(body)
    except UnreadableHookError as error:
        return _answer(400, str(error))
    now = clock.now()
    writes.heard(host.id, now)
    match told:
        case Push():
            commits.pushed(host.organization_id, told, now)
        case Pulled():
            commits.pulled(host.organization_id, told, now)
        case None:
            return HttpResponse(status=204)
    return _answer(200, "Taken.")


def is_same(one: str, other: str) -> bool:
    """Compared in constant time, whatever was sent."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def _answer(status: int, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status)
