"""Code hosts that tell of a push, as they document it."""

import hashlib
import hmac
import json
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


def to_gitlab(secret: str, event: str, payload: Any, place: str = "acme/"):
    return Client(enforce_csrf_checks=True).generic(
        "POST",
        f"/extensions/gitlab/webhook/{place}",
        json.dumps(payload),
        content_type="application/json",
        headers={"X-Gitlab-Token": secret, "X-Gitlab-Event": event},
    )
