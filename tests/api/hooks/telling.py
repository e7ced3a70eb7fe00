"""Code hosts that tell of a push, as they document it."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any

from django.test import Client

from tests.builders import NOW, World
from tocsin.store.writes import code_hosts


def a_secret(world: World, provider: str) -> str:
    return code_hosts.renew(world.organization.pk, provider, actor_id=None, now=NOW)


def github_commit(message: str = "Fixes SHOP-1", key: str = "a" * 40, **fields: Any) -> dict[str, Any]:
    return {
        "id": key,
        "message": message,
        "timestamp": "2026-11-21T10:00:00+01:00",
        "author": {"name": "Ana Ahn", "email": "ana@example.com", "username": "ana"},
        "added": [],
        "removed": [],
        "modified": ["src/shop/cart.py"],
        **fields,
    }


def github_push(*commits: dict[str, Any], ref: str = "refs/heads/main") -> dict[str, Any]:
    repository = {"id": 7, "full_name": "acme/shop", "html_url": "https://github.com/acme/shop"}
    return {"ref": ref, "repository": repository, "commits": list(commits)}


def github_pull(body: str | None = "Fixes SHOP-1", action: str = "opened", **fields: Any) -> dict[str, Any]:
    pull = {
        "number": 31,
        "title": "Gift cards",
        "body": body,
        "state": "open",
        "merged": False,
        "merge_commit_sha": "f" * 40,
        "html_url": "https://github.com/acme/shop/pull/31",
        "user": {"login": "ana"},
        **fields,
    }
    return {"action": action, "pull_request": pull, "repository": github_push()["repository"]}


def to_github(secret: str, event: str, payload: Any, place: str = "acme/", **changes: Any):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    proof = changes.pop("proof", "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest())
    return Client(enforce_csrf_checks=True).generic(
        "POST",
        f"/extensions/github/webhook/{place}",
        body,
        content_type=changes.pop("content_type", "application/json"),
        headers={"X-Hub-Signature-256": proof, "X-GitHub-Event": event, "X-GitHub-Delivery": "1"},
    )


def gitlab_push(*commits: dict[str, Any]) -> dict[str, Any]:
    project = {"id": 9, "path_with_namespace": "acme/shop", "web_url": "https://gitlab.example/acme/shop"}
    return {"object_kind": "push", "ref": "refs/heads/main", "project": project, "commits": list(commits)}


def gitlab_merge(state: str = "opened", **fields: Any) -> dict[str, Any]:
    said = {
        "iid": 5,
        "title": "Gift cards",
        "description": "Closes SHOP-1",
        "state": state,
        "url": "https://gitlab.example/acme/shop/-/merge_requests/5",
        "merge_commit_sha": None,
        **fields,
    }
    return {
        "object_kind": "merge_request",
        "user": {"name": "Ana Ahn", "email": "ana@example.com"},
        "project": gitlab_push()["project"],
        "object_attributes": said,
    }


A_TOKEN = "whsec_" + b64encode(b"k" * 32).decode()


def signed(payload: Any, token: str = A_TOKEN, at: datetime = NOW) -> dict[str, str]:
    """The headers with which GitLab 19 signs."""
    told, moment = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f", str(int(at.timestamp()))
    said = f"{told}.{moment}.{json.dumps(payload)}".encode()
    proof = hmac.new(b64decode(token.removeprefix("whsec_")), said, hashlib.sha256).digest()
    signature = f"v1,{b64encode(proof).decode()}"
    return {"webhook-id": told, "webhook-timestamp": moment, "webhook-signature": signature}


def to_gitlab(secret: str, event: str, payload: Any, place: str = "acme/", **headers: str):
    return Client(enforce_csrf_checks=True).generic(
        "POST",
        f"/extensions/gitlab/webhook/{place}",
        json.dumps(payload),
        content_type="application/json",
        headers={"X-Gitlab-Token": secret, "X-Gitlab-Event": event, **headers},
    )
