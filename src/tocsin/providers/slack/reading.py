"""How what Slack knows is asked for: its lists are longer than the answer to a message ever is."""

from collections.abc import Mapping

from tocsin.core.sending import Request
from tocsin.providers.slack.send import API, Settings

# A thousand people with their profiles are 2 to 4 MB.
LONGEST = 16 * 1024 * 1024


def reading(settings: Settings, method: str, asked: Mapping[str, str]) -> Request:
    """As a form: what only reads takes no JSON."""
    return Request(
        "POST",
        f"{settings.api_url.rstrip('/') or API}/{method}",
        {"Authorization": f"Bearer {settings.token}"},
        form=asked,
        longest=LONGEST,
    )
