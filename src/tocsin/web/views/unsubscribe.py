"""The page behind the link in each mail: it names what would end, and ends it; no sign-in needed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.core.choices import TYPES
from tocsin.pipeline import clock
from tocsin.pipeline.unsubscribe import by_link, unsubscribe


@never_cache
@csrf_exempt  # the signed link is the permission; a mail program's one click (RFC 8058) has no cookie to match
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, as mail scanners follow links."""
    now = clock.now()
    way = by_link(token, now)
    if way is None:
        return render(request, "unsubscribe_over.html", status=404)
    context = {"way": way, "type": TYPES[way.ends.type].name.lower(), "ended": None}
    if request.method == "POST":
        ends = way.at(request.POST.get("level", ""))
        unsubscribe(way.user_id, ends, now)
        context["ended"] = ends
    return render(request, "unsubscribe.html", context)
