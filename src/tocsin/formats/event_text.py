"""The words of an event: what it is called, where it happened, what it says."""

import re
from typing import Any

from tocsin.core.chain import innermost
from tocsin.core.event import ExceptionValue, Frame
from tocsin.formats.event_patient import text_of
from tocsin.formats.event_wire import Scalar, WireEvent, WireMessage

MESSAGE_LENGTH = 8192
TITLE_LENGTH = 255
NAME_LENGTH = 200  # tags, culprit, transaction, logger, server
PARAMETER_LENGTH = 512
UNLABELED = "<unlabeled event>"

_PLACEHOLDER = re.compile(r"%(?:\((\w{1,64})\))?[sdrifgx]|\{(\w{0,64})\}")


def trimmed(value: Scalar, limit: int) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else text_of(value)
    return text.strip()[:limit]


def title(exceptions: tuple[ExceptionValue, ...], message: str, stack: tuple[Frame, ...]) -> str:
    """What the issue is called: "type: value" of the exception, else the message's first line."""
    named = _exception_title(exceptions[-1], stack) if exceptions else ""
    found = named or _first_line(message) or UNLABELED
    return found if len(found) <= TITLE_LENGTH else found[: TITLE_LENGTH - 1] + "…"


def _exception_title(raised: ExceptionValue, stack: tuple[Frame, ...]) -> str:
    value = _first_line(raised.value)
    if raised.synthetic:
        # Its type is a stand-in (a signal, a hang) which the crashing function says better.
        frame = innermost(stack)
        return (frame.function if frame else "") or value or raised.type
    return f"{raised.type}: {value}" if raised.type and value else raised.type or value


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip()


def culprit(stack: tuple[Frame, ...]) -> str:
    """Where it happened, as "module in function"."""
    frame = innermost(stack)
    if frame is None:
        return ""
    where = frame.module or frame.filename
    return (f"{where} in {frame.function}" if where and frame.function else where or frame.function)[:NAME_LENGTH]


def message(event: WireEvent) -> tuple[str, str]:
    """What the event says, and the template that it was made from ("" when it was made from none)."""
    plain = event.message if isinstance(event.message, str) else None
    given = event.logentry or event.old_message
    if given is None and isinstance(event.message, WireMessage):
        given = event.message
    if given is None:
        return trimmed(plain, MESSAGE_LENGTH), ""
    template = trimmed(given.message, MESSAGE_LENGTH)
    said = trimmed(given.formatted, MESSAGE_LENGTH) or filled(template, given.params)
    return said or trimmed(plain, MESSAGE_LENGTH), template


def filled(template: str, params: Any) -> str:
    """The template with its parameters put in; those that are missing stay as they were written.

    Python's own % and format() would do as a stranger's template says: "%999999999d" takes a gigabyte.
    """
    if not isinstance(params, list | dict) or not params:
        return template
    rest = iter(params) if isinstance(params, list) else iter(())

    def replaced(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if isinstance(params, dict):
            return text_of(params[name])[:PARAMETER_LENGTH] if name in params else found[0]
        if name and name.isdigit() and int(name) < len(params):
            return text_of(params[int(name)])[:PARAMETER_LENGTH]
        value = next(rest, found[0])
        return text_of(value)[:PARAMETER_LENGTH]

    return _PLACEHOLDER.sub(replaced, template)[:MESSAGE_LENGTH]
