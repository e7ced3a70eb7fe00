"""`tocsin replay`: what ended badly is sent again, one or all that match, after what was wrong is mended."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.place import organization_of
from tocsin.ops.setup import data_option, django_ready, migrate

if TYPE_CHECKING:
    from tocsin.store.queries.deliveries import Filters

BY = "the command line"
SHOWN = 50


@click.command("replay")
@click.argument("deliveries", nargs=-1, metavar="[ID]...")
@click.option(
    "--all", "everything", is_flag=True, help="All that failed or was given up; narrow it with what follows."
)
@click.option("--state", type=click.Choice(["failed", "dead"]), help="Only refused for good, or only given up.")
@click.option("--provider", help="Only over this service: slack, email …")
@click.option("--integration", help="Only through this integration, by its number.")
@click.option("--kind", help="Only of this kind: issue_alert, assigned …")
@click.option("--reason", help="Only where the reason holds these words.")
@click.option("--since", help="Only decided since then: 2h, 7d, 2026-11-25T04:00Z.")
@click.option("--until", help="Only decided before that.")
@click.option("--dry-run", is_flag=True, help="Say which it would be, and send nothing.")
@click.option("--organization", help="Its slug; not needed while there is only one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@data_option
def command(  # noqa: PLR0913 — one argument for each option
    *,
    deliveries: tuple[str, ...],
    everything: bool,
    dry_run: bool,
    organization: str | None,
    as_json: bool,
    data: Path | None,
    **narrowed: str | None,
) -> None:
    """Send what failed or was given up again: by ID, the number in a delivery's address, or --all that match.

    Each goes once more to where it was meant to go, with fresh tries, and keeps its history.
    """
    asked = {name: value for name, value in narrowed.items() if value}
    if bool(deliveries) == everything or (deliveries and asked):
        raise WrongInputError("Name deliveries by their ids, or say --all, which can be narrowed.")
    django_ready(data)
    migrate()
    place = organization_of(organization).pk
    found = _meant(place, deliveries) if deliveries else _matching(place, asked)
    if dry_run:
        click.echo(json.dumps({"would_replay": found}) if as_json else _listed(found))
        return
    moved = _replayed(place, found)
    click.echo(json.dumps({"replayed": moved}) if as_json else f"{moved:,} queued again.")


def _meant(organization_id: int, given: tuple[str, ...]) -> list[int]:
    """The named ones that can be replayed, by id or by idempotency key; all of them have to exist."""
    from tocsin.store.queries import deliveries, outbox

    numbers = {one: int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19}
    there = deliveries.of_those_there(organization_id, list(numbers.values()))
    known = outbox.ids_by_key(organization_id, [one for one in given if one not in numbers])
    if unknown := [one for one in given if one not in known and numbers.get(one) not in there]:
        raise WrongInputError(
            f"There is no delivery {', '.join(unknown)}. Its number is the last part of its address."
        )
    return deliveries.of_those_replayable(organization_id, [*there, *known.values()])


def _matching(organization_id: int, asked: Mapping[str, str]) -> list[int]:
    from tocsin.pipeline import clock, ledger
    from tocsin.store.queries import deliveries

    filters, reasons = ledger.read_filters(asked, clock.now())
    if reasons:
        name, (reason, *_) = next(iter(reasons.items()))
        raise WrongInputError(f"--{name} {asked[name]}: {reason}")
    _require_known(organization_id, filters)
    return deliveries.replayable_ids(organization_id, filters)


def _require_known(organization_id: int, filters: "Filters") -> None:
    """A misspelt service or a wrong integration would otherwise be nothing to replay, as if all were well."""
    from tocsin.pipeline.catalogue import catalogue
    from tocsin.store.queries import deliveries, integrations

    # A plugin that is gone leaves its deliveries.
    services = {*catalogue().providers, *deliveries.providers(organization_id)}
    if filters.provider and filters.provider not in services:
        raise WrongInputError(f"There is no service {filters.provider!r}: {', '.join(sorted(services))}.")
    connections = {one.id for one in integrations.connected(organization_id)}
    if filters.integration_id is not None and filters.integration_id not in connections:
        raise WrongInputError(
            f"There is no integration {filters.integration_id}. Its page's address ends in its number."
        )


def _replayed(organization_id: int, ids: Sequence[int]) -> int:
    from tocsin.pipeline import clock, ledger

    return ledger.replay(organization_id=organization_id, ids=ids, actor_id=None, by=BY, now=clock.now())


def _listed(ids: Sequence[int]) -> str:
    """One line each of the first 50, as the page has them."""
    from tocsin.pipeline.preview import where
    from tocsin.store.queries import deliveries

    rows = deliveries.rows_of(ids[:SHOWN])
    lines = [f"{row.id}  {row.state:6}  {where(row)}  {row.reason}" for row in rows]
    return "\n".join([*lines, f"{len(ids):,} would be queued again."])
