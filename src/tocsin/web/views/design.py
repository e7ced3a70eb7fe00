"""/-/design: every component of the pages, on its own, to look at and to build from."""

import re
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tocsin.core.delivery import State
from tocsin.core.event import LEVELS
from tocsin.core.reasons import Verdict
from tocsin.web.access import PersonRequest, signed_in

CURVES = (
    ("steady", [4, 5, 4, 6, 5, 4, 5, 6, 4, 5, 5, 4, 6, 5, 4, 5, 4, 6, 5, 5, 4, 5, 6, 5]),
    ("spike", [0, 0, 1, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 3, 48, 31, 12, 4, 1, 0, 0, 0]),
    ("new", [0] * 22 + [3, 9]),
    ("silent", [0] * 24),
)
ICONS = re.compile(r'id="i-((?!level|state|verdict)[a-z]+)"')


@signed_in
def design(request: PersonRequest) -> HttpResponse:
    context = {
        "levels": [name for name in LEVELS if name != "sample"],
        "states": list(State),
        "verdicts": list(Verdict),
        "curves": CURVES,
        "icons": ICONS.findall(render_to_string("_icons.svg")),
        "moments": [request.now - timedelta(seconds=seconds) for seconds in (2, 190, 9000, 260_000, 9_000_000)],
    }
    return render(request, "design.html", context)
