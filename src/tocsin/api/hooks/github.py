"""GitHub's webhook, of a repository or an organization: JSON or a form, signed with HMAC-SHA256 over the body."""

import hashlib
import hmac
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.api.hooks.door import is_same, receive
from tocsin.core.code import Pulled, Push
from tocsin.formats import github
from tocsin.store.queries.code_hosts import Told


@csrf_exempt
def webhook(request: HttpRequest, organization: str = "") -> HttpResponse:
    signature = request.headers.get("X-Hub-Signature-256", "")
    event = request.headers.get("X-GitHub-Event", "")
    is_form = request.content_type == "application/x-www-form-urlencoded"

    def proves(host: Told, body: bytes) -> bool:
        return is_same(signature, f"sha256={hmac.new(host.secret.encode(), body, hashlib.sha256).hexdigest()}")

    def read(body: bytes) -> Push | Pulled | None:
        return github.read(event, _payload(body) if is_form else body)

    return receive(request, github.PROVIDER, organization, proves, read)


def _payload(form: bytes) -> bytes:
    """The JSON in a form, which is how GitHub sends unless told otherwise."""
    found = parse_qs(form.decode(errors="replace"), max_num_fields=10).get("payload", [""])
    return found[0].encode()
