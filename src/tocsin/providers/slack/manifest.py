"""The Slack app of an instance, described: pasted where Slack makes apps, nothing is left to click.

https://docs.slack.dev/reference/app-manifest
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

# What messages, buttons, commands, link previews and the home page need (behaviour §8.1); with users:read.email
# people are offered to link the account that has their address.
SCOPES = (
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "chat:write.public",
    "commands",
    "groups:read",
    "im:history",
    "im:read",
    "links:read",
    "links:write",
    "team:read",
    "users:read",
    "users:read.email",
)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+")
# To read what people write below alerts: a workspace is asked for these where its organization takes comments.
HEARING = ("channels:history", "groups:history")
EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "link_shared",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)


def scopes(*, hears: bool) -> tuple[str, ...]:
    """What a workspace is asked for; `hears` where its organization takes comments from the threads of alerts."""
    return (*SCOPES, *HEARING) if hears else SCOPES


def command(environ: Mapping[str, str]) -> str:
    """What people type to speak to this instance: two in one workspace need two names."""
    return environ.get("TOCSIN_SLACK_COMMAND") or "/tocsin"


def manifest(url: str, environ: Mapping[str, str]) -> str:
    """The app for an instance at `url` ("https://alerts.example.org"), as JSON.

    It may ask for all scopes, as Slack takes no event without its scope; which it does ask for is `scopes`.
    """
    doors = f"{url}/extensions/slack"
    described = {
        "display_information": {
            "name": "Tocsin",
            "description": "Alerts of your own Tocsin, and what to do about them",
            "background_color": "#1f2430",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Tocsin", "always_online": True},
            "slash_commands": [
                {
                    "command": command(environ),
                    "url": f"{doors}/commands/",
                    "description": "How it stands, why somebody was told, silence, links",
                    "usage_hint": "status | why SHOP-12 | silence SHOP-12 2h | link | link team web | help",
                    "should_escape": False,
                }
            ],
            "unfurl_domains": _domains(url),
        },
        "oauth_config": {"redirect_urls": [f"{doors}/setup/"], "scopes": {"bot": list(scopes(hears=True))}},
        "settings": {
            "event_subscriptions": {"request_url": f"{doors}/event/", "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                "request_url": f"{doors}/action/",
                "message_menu_options_url": f"{doors}/options-load/",
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
    return json.dumps(described, indent=2)


def _domains(url: str) -> list[str]:
    """Whose links are shown: none where Slack would not take the manifest, for a name without a dot or an address.

    https://docs.slack.dev/messaging/unfurling-links-in-messages
    """
    host = urlsplit(url).hostname or ""
    return [host] if _DOMAIN.fullmatch(host) else []
