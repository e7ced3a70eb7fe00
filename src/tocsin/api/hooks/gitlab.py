"""GitLab's webhook, of a project or a group: JSON, with the secret itself in a header."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.api.hooks.door import is_same, receive
from tocsin.core.code import Pulled, Push
from tocsin.formats import gitlab


@csrf_exempt
def webhook(request: HttpRequest, organization: str = "") -> HttpResponse:
    token = request.headers.get("X-Gitlab-Token", "")
    event = request.headers.get("X-Gitlab-Event", "")

    def proves(secret: str, body: bytes) -> bool:
        del body
        return is_same(token, secret)

    def read(body: bytes) -> Push | Pulled | None:
        return gitlab.read(event, body)

    return receive(request, gitlab.PROVIDER, organization, proves, read)
