"""Ownership rules, CODEOWNERS files and names elsewhere, written and removed, each with its audit entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.store.db import one_transaction
from tocsin.store.models import CodeOwners, ExternalActor, Ownership, Project
from tocsin.store.writes import audit

EDITED = "project_ownership.edit"


def change(project: Project, columns: Mapping[str, Any], *, actor_id: int | None, now: datetime) -> Ownership:
    """Writes the given columns of the project's ownership, which is made if there is none."""
    with one_transaction():
        row = Ownership.objects.filter(project=project).first() or Ownership(project=project, date_created=now)
        row.version += 1 if row.pk and "raw" in columns else 0
        for name, value in columns.items():
            setattr(row, name, value)
        row.last_updated = now
        row.save()
        _noted(project, f"ownership:{row.pk}", {"columns": sorted(columns), "raw": row.raw}, actor_id, now)
    return row


def keep_file(
    project: Project,
    columns: Mapping[str, str],
    *,
    file_id: int | None = None,
    actor_id: int | None,
    now: datetime,
) -> CodeOwners | None:
    """A new CODEOWNERS file, or the one of this id with the given columns; None when there is no such file."""
    with one_transaction():
        if file_id is None:
            row = CodeOwners(project=project, date_created=now)
        else:
            found = CodeOwners.objects.filter(project=project, pk=file_id).first()
            if found is None:
                return None
            row = found
        for name, value in columns.items():
            setattr(row, name, value)
        row.date_updated = now
        row.save()
        data = {"codeowners": row.pk, "repository": row.repository, "columns": sorted(columns)}
        _noted(project, f"codeowners:{row.pk}", data, actor_id, now)
    return row


def remove_file(project: Project, file_id: int, *, actor_id: int | None, now: datetime) -> bool:
    """Removes a CODEOWNERS file; False when there is no such one."""
    with one_transaction():
        row = CodeOwners.objects.filter(project=project, pk=file_id).first()
        if row is None:
            return False
        data = {"codeowners": row.pk, "repository": row.repository, "removed": True}
        _noted(project, f"codeowners:{row.pk}", data, actor_id, now)
        row.delete()
    return True


def associate(  # noqa: PLR0913 — an association is its columns
    project: Project,
    name: str,
    *,
    user_id: int | None = None,
    team_id: int | None = None,
    provider: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """From now on a name in CODEOWNERS files of the organization stands for this person or this team."""
    with one_transaction():
        ExternalActor.objects.filter(
            organization_id=project.organization_id, provider=provider, external_name__iexact=name
        ).delete()
        ExternalActor.objects.create(
            organization_id=project.organization_id,
            provider=provider,
            external_name=name,
            user_id=user_id,
            team_id=team_id,
            date_added=now,
        )
        data = {"name": name, "user": user_id, "team": team_id}
        _noted(project, f"external_actor:{name}"[:128], data, actor_id, now)


def _noted(project: Project, target: str, data: Mapping[str, Any], actor_id: int | None, now: datetime) -> None:
    data = {**data, "project": project.slug}
    audit.note(project.organization_id, EDITED, target, data, actor_id=actor_id, now=now)
