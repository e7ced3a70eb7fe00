"""The words and shapes of a walk: what a test error's steps need besides the pages' own."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.web.templatetags.tocsin import icon, step_icon

register = template.Library()

SHAPES = {
    "skipped": ("verdict-removed", "verdict-removed"),
    "held back": ("state-suppressed", "warn"),
    "held": ("state-held", "state-held"),
}


@register.simple_tag
def walk_icon(name: str) -> SafeString:
    """How a step stands, by shape and colour: not meant is a dash, held back a crossed ring, neither is red."""
    return icon(*SHAPES[name]) if name in SHAPES else step_icon(name)


@register.simple_tag
def clock(moment: datetime) -> SafeString:
    """The time of day with its seconds, where all moments are of one minute."""
    here = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), here.strftime("%H:%M:%S"))
