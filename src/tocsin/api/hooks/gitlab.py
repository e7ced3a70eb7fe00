"""GitLab's webhook, of a project or a group: JSON, signed by a token, or with the secret itself in a header."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.api.hooks.door import is_same, receive
from tocsin.core.code import Pulled, Push
from tocsin.core.signed_webhook import Signature
from tocsin.core.signed_webhook import proves as signed_by
from tocsin.formats import gitlab
from tocsin.pipeline import clock
from tocsin.store.queries.code_hosts import Told


@csrf_exempt
def webhook(request: HttpRequest, organization: str = "") -> HttpResponse:
    token = request.headers.get("X-Gitlab-Token", "")
    sent = Signature(*(request.headers.get(f"webhook-{one}", "") for one in ("id", "timestamp", "signature")))
    event = request.headers.get("X-Gitlab-Event", "")

    def proves(host: Told, body: bytes) -> bool:
        # What is signed with a token that we know of is judged by that alone: an old one must not come again.
        if sent.is_there and host.signing:
            return signed_by(host.signing, sent, body, clock.now())
        return is_same(token, host.secret)

    def read(body: bytes) -> Push | Pulled | None:
        return gitlab.read(event, body)

    return receive(request, gitlab.PROVIDER, organization, proves, read)
