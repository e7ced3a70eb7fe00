"""Clients of the API: Django's test client with a bearer token, speaking JSON."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.builders import NOW
from tocsin.store.writes import api_tokens


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any
    headers: Any


@dataclass(frozen=True)
class Caller:
    token: str

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any) -> Answer:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        client = Client(enforce_csrf_checks=True)
        found = client.generic(
            method,
            "/api/0" + path,
            body if isinstance(body, bytes) else Client()._encode_json(body or {}, "application/json"),
            content_type="application/json",
            headers=headers,
        )
        is_json = found.headers.get("Content-Type", "").startswith("application/json") and found.content
        return Answer(found.status_code, found.json() if is_json else None, found.headers)


def a_caller(user, organization, name: str = "test") -> Caller:
    return Caller(api_tokens.issue(user_id=user.pk, organization_id=organization.pk, name=name, now=NOW))
