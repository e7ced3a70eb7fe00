"""A link that was opened in a browser is confirmed in that browser: the session remembers which were opened."""

from django.http import HttpRequest

SESSION = "chat_links"
MOST = 10


def remember(request: HttpRequest, digest: str) -> None:
    """The session has shown what the link of this digest does."""
    before = [one for one in _opened(request) if one != digest]
    request.session[SESSION] = [*before, digest][-MOST:]


def is_here(request: HttpRequest, digest: str) -> bool:
    """Whether this very session opened the link; signing in as somebody else begins another session."""
    return digest in _opened(request)


def _opened(request: HttpRequest) -> list[str]:
    found = request.session.get(SESSION)
    return found if isinstance(found, list) else []
