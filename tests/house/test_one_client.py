"""What leaves the house leaves by tocsin.transport: no other file knows a client for HTTP, mail or sockets."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tocsin

SOURCE = Path(tocsin.__file__).parent
CLIENTS = (
    "aiohttp", "aiosmtplib", "asyncio.open_connection", "ftplib", "http.client", "httpx", "imaplib", "niquests",
    "poplib", "pycurl", "requests", "slack_sdk.WebClient", "slack_sdk.web", "slack_sdk.webhook", "smtplib",
    "socket.create_connection", "telnetlib", "urllib.request", "urllib3", "urlopen", "websockets", "xmlrpc",
)  # fmt: skip


def names_in(code: str) -> Iterator[str]:
    """Everything that is imported, in full, and every dotted name that is used."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{name.name}" for name in names)
            case ast.Attribute() | ast.Name():
                yield ast.unparse(node)


def clients_in(code: str) -> set[str]:
    return {
        client
        for name in names_in(code)
        for client in CLIENTS
        if name == client or name.startswith(f"{client}.")
    }  # fmt: skip


def test_nobody_but_the_transport_knows_a_client():
    files = [path for path in SOURCE.rglob("*.py") if path.parent != SOURCE / "transport"]

    found = {str(path.relative_to(SOURCE)): clients for path in files if (clients := clients_in(path.read_text()))}

    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "import requests",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "def send():\n    import httpx as quick\n",
        "import http.client as web",
        "from slack_sdk import WebClient",
        "from slack_sdk.web.async_client import AsyncWebClient",
        "import smtplib",
        "import socket\nsocket.create_connection(('a', 1))",
        "async def send():\n    await asyncio.open_connection('a', 1)",
    ],
)
def test_a_client_would_be_found(code):
    assert clients_in(code)


@pytest.mark.parametrize(
    "code", ["from urllib.parse import urlsplit", "from http import HTTPStatus", "import socket"]
)
def test_what_is_no_client_is_left_alone(code):
    assert clients_in(code) == set()


def test_the_transport_itself_would_be_found():
    assert clients_in((SOURCE / "transport/http.py").read_text()) == {"aiohttp"}
