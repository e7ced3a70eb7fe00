"""A mail server that answers who connects it, and takes no mail: for what asks it a question."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.journeys.instance import free_port

WRONG = b"wrong"


class _Asked:
    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 — aiosmtpd's name
        return "554 5.7.1 nobody was to send anything"


def _authenticated(
    _server: object, _session: object, _envelope: object, _mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password != WRONG
    return AuthResult(success=good, handled=False)


@pytest.fixture
def mail_port() -> Iterator[int]:
    """The port of a server on this machine; it takes every password but "wrong"."""
    port = free_port()
    controller = Controller(_Asked(), "127.0.0.1", port, authenticator=_authenticated, auth_require_tls=False)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def mail_server(mail_port: int, settings) -> str:
    """Where that is, as host:port, on an instance that may reach it."""
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"outbound_allow": "127.0.0.0/8"})
    return f"127.0.0.1:{mail_port}"
