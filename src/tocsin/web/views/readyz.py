"""/-/readyz: 200 while digest and sender are at work, 503 with the reasons within 10 s when one of them is not."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from tocsin.pipeline import clock
from tocsin.pipeline.readiness import readiness


@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    found = readiness(clock.now())
    answer = {"status": "ready" if found.ready else "stuck", "stuck": found.stuck, "behind": found.behind}
    response = JsonResponse(answer, status=200 if found.ready else 503)
    response.headers["Cache-Control"] = "no-store"
    return response
