"""Releases and deploys as they are told; each function is a constant number of statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from tocsin.core import code
from tocsin.store.models import Deploy, Release, ReleaseCommit


def describe(organization_id: int, wanted: code.Release) -> None:
    """What was said of a version, in all of its projects; nothing that was not said is changed."""
    columns: dict[str, Any] = {
        "ref": wanted.ref,
        "url": wanted.url,
        "date_started": wanted.date_started,
        "date_released": wanted.date_released,
        "is_archived": wanted.is_archived,
    }
    said = {name: value for name, value in columns.items() if value is not None}
    if said:
        mine = Release.objects.filter(project__organization_id=organization_id, version=wanted.version)
        mine.update(**said)


def set_commits(organization_id: int, version: str, commit_ids: Sequence[int]) -> None:
    """What is new in a version, the latest first, in the place of what was said before."""
    ReleaseCommit.objects.filter(organization_id=organization_id, version=version).delete()
    ReleaseCommit.objects.bulk_create(
        ReleaseCommit(organization_id=organization_id, version=version, commit_id=commit, position=position)
        for position, commit in enumerate(commit_ids)
    )


def deploy(
    organization_id: int, version: str, said: code.Deploy, project_ids: Sequence[int], now: datetime
) -> Deploy | None:
    """A deploy of a version; None when this very one is known."""
    finished = said.date_finished or now
    same = Deploy.objects.filter(
        organization_id=organization_id,
        version=version,
        environment=said.environment,
        name=said.name,
        date_finished=finished,
    )
    if same.exists():
        return None
    made = Deploy.objects.create(
        organization_id=organization_id,
        version=version,
        environment=said.environment,
        name=said.name,
        url=said.url,
        date_started=said.date_started,
        date_finished=finished,
    )
    made.projects.set(project_ids)
    return made


def remove(organization_id: int, version: str) -> None:
    """A version with its list of commits and its deploys; commits themselves and issues stay."""
    mine = Q(organization_id=organization_id, version=version)
    ReleaseCommit.objects.filter(mine).delete()
    Deploy.objects.filter(mine).delete()
    Release.objects.filter(project__organization_id=organization_id, version=version).delete()
