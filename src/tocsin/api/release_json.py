"""Releases, deploys and commits in Sentry's wire format."""

from typing import Any

from tocsin.api.rule_json import moment
from tocsin.core.activity import version as short
from tocsin.core.releases import parse
from tocsin.store import models
from tocsin.store.queries.releases import Author, InProject, Shown


def release_json(shown: Shown) -> dict[str, Any]:
    """Events are not counted by release: firstEvent and lastEvent are null."""
    return {
        "id": shown.id,
        "version": shown.version,
        "shortVersion": short(shown.version),
        "versionInfo": _version(shown.version),
        "status": "archived" if shown.is_archived else "open",
        "ref": shown.ref or None,
        "url": shown.url or None,
        "dateCreated": moment(shown.first_seen),
        "dateStarted": moment(shown.date_started),
        "dateReleased": moment(shown.date_released),
        "data": {},
        "newGroups": sum(one.new_issues for one in shown.projects),
        "owner": None,
        "commitCount": shown.commit_count,
        "lastCommit": {"id": shown.last_commit} if shown.last_commit else None,
        "deployCount": shown.deploy_count,
        "lastDeploy": deploy_json(shown.last_deploy) if shown.last_deploy else None,
        "authors": [_author(one) for one in shown.authors],
        "projects": [_project(one) for one in shown.projects],
        "firstEvent": None,
        "lastEvent": None,
    }


def _version(text: str) -> dict[str, Any]:
    parsed = parse(text)
    found = parsed.semver
    numbers = None
    if found is not None:
        major, minor, patch, _ = found.numbers
        numbers = {
            "raw": text.rpartition("@")[2],
            "major": major,
            "minor": minor,
            "patch": patch,
            "pre": ".".join(found.pre) or None,
            "buildCode": found.build or None,
        }
    return {"package": parsed.package or None, "version": numbers, "description": short(text), "buildHash": None}


def _author(one: Author) -> dict[str, Any]:
    return {"name": one.name, "email": one.email}


def _project(one: InProject) -> dict[str, Any]:
    return {
        "id": one.id,
        "slug": one.slug,
        "name": one.name,
        "platform": one.platform,
        "newGroups": one.new_issues,
        "hasHealthData": False,
    }


def deploy_json(deploy: models.Deploy) -> dict[str, Any]:
    return {
        "id": str(deploy.pk),
        "environment": deploy.environment,
        "name": deploy.name or None,
        "url": deploy.url or None,
        "dateStarted": moment(deploy.date_started),
        "dateFinished": moment(deploy.date_finished),
    }


def commit_json(commit: models.Commit) -> dict[str, Any]:
    return {
        "id": commit.key,
        "message": commit.message,
        "dateCreated": moment(commit.date),
        "author": {"name": commit.author_name, "email": commit.author_email},
        "repository": repository_json(commit.repository),
    }


def repository_json(repository: models.Repository) -> dict[str, Any]:
    provider = repository.provider or "unknown"
    return {
        "id": str(repository.pk),
        "name": repository.name,
        "url": repository.url or None,
        "provider": {"id": provider, "name": provider},
        "status": "active",
        "externalId": repository.external_id or None,
        "dateCreated": moment(repository.date_added),
    }
