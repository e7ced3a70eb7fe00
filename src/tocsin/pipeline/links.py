"""Where the product's pages are, for messages that leave the house; built from TOCSIN_URL, never from a request."""

from urllib.parse import quote

from django.conf import settings

DEFAULT = "http://127.0.0.1:8000"


def base() -> str:
    return str(settings.TOCSIN.url) or DEFAULT


def issue(organization: str, issue_id: int, query: str = "") -> str:
    return f"{base()}/{organization}/issues/{issue_id}/{query}"


def issues(organization: str) -> str:
    return f"{base()}/{organization}/issues/"


def not_told() -> str:
    """What the person who opens it was not told of lately."""
    return f"{base()}/inbox/not-told/"


def project(organization: str, slug: str) -> str:
    return f"{base()}/{organization}/projects/{slug}/"


def rules(organization: str, slug: str) -> str:
    return f"{base()}/{organization}/projects/{slug}/rules/"


def rule(organization: str, slug: str, rule_id: int) -> str:
    """An alert rule as a project sees it; with no project, that of all of them."""
    place = f"projects/{slug}/" if slug else ""
    return f"{base()}/{organization}/{place}rules/{rule_id}/"


def integration(organization: str, integration_id: int | None) -> str:
    """One integration's page, or the list for what the environment set."""
    return f"{base()}/{organization}/integrations/{f'{integration_id}/' if integration_id else ''}"


def deliveries(organization: str) -> str:
    return f"{base()}/{organization}/deliveries/"


def delivery(organization: str, delivery_id: int) -> str:
    return f"{base()}/{organization}/deliveries/{delivery_id}/"


def release(organization: str, version: str, project: str = "") -> str:
    """A version's page; with a project, as that one sees it."""
    narrowed = f"?project={quote(project)}" if project else ""
    return f"{base()}/{organization}/releases/{quote(version, safe='')}/{narrowed}"


def preferences() -> str:
    return f"{base()}/settings/notifications/"


def account() -> str:
    return f"{base()}/settings/account/"


def members(organization: str) -> str:
    return f"{base()}/{organization}/members/"


def invitations() -> str:
    """Where invitations are accepted; a link's secret follows."""
    return f"{base()}/invitations/"


def addresses() -> str:
    return f"{base()}/settings/account/addresses/"


def chat_link(token: str) -> str:
    """Where somebody in Slack says who they are here."""
    return f"{base()}/extensions/slack/link-identity/{token}/"


def chat_unlink(token: str) -> str:
    """Where whoever has an account in Slack ends that it is somebody's here."""
    return f"{base()}/extensions/slack/unlink-identity/{token}/"


def chat_accounts() -> str:
    return f"{base()}/settings/account/chat/"


def setup(provider: str) -> str:
    """Where a service leads back to once somebody agreed there."""
    return f"{base()}/extensions/{provider}/setup/"


def unsubscribe(token: str) -> str:
    return f"{base()}/unsubscribe/{token}/"
