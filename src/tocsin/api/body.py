"""What a caller sent, as a JSON object."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest

from tocsin.api.errors import MalformedError


def json_object(request: HttpRequest) -> Mapping[str, Any]:
    """The body; strict JSON, so that NaN and lone surrogates never reach a column.

    Raises MalformedError for anything but one JSON object.
    """
    try:
        sent = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f"The body is no JSON: {error}") from None
    except RecursionError:
        raise MalformedError("The body is nested too deeply.") from None
    if not isinstance(sent, dict):
        raise MalformedError("The body must be a JSON object.")
    return sent
