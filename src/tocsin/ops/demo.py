"""`tocsin demo`: a small shop with the real SDK fails in a dozen ways, so that there is something to look at."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import sentry_sdk
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.modules import ModulesIntegration
from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware
from sentry_sdk.transport import HttpTransport
from sentry_sdk.utils import BadDsn

from tocsin.ops.demo_shop.site import application
from tocsin.ops.demo_shop.visits import MISHAPS, VERSIONS, Version, Visit, environ, visits
from tocsin.ops.errors import WrongInputError
from tocsin.ops.setup import data_option, django_founding, migrate

MOST_EVENTS = 10_000
FLUSH_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where the shop reports, and the page to look at afterwards."""

    dsn: str
    page: str


@dataclass(slots=True)
class Tally:
    """What became of the visits: events by mishap, and what the SDK gave up on, by its reason."""

    sent: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    @property
    def arrived(self) -> int:
        return self.sent.total() - self.lost.total()


@click.command("demo")
@click.option("--dsn", "address", help="Where to report; else the first project of this data folder.")
@click.option(
    "--seconds", default=20, show_default=True, type=click.IntRange(0, 3600), help="How long; 0: at once."
)
@click.option("--rate", default=5.0, show_default=True, type=click.FloatRange(0.1, 100), help="Visits a second.")
@data_option
def command(address: str | None, seconds: int, rate: float, data: Path | None) -> None:
    """Run a small shop that fails in a dozen ways, over several releases, environments and users."""
    target = Target(address, _site(address)) if address else _first_project(data)
    count = min(max(len(MISHAPS), int(seconds * rate)), MOST_EVENTS)
    console = Console()
    tally = run(target, count, 1 / rate if seconds else 0.0, console)
    _report(tally, target, console)


def run(target: Target, count: int, pause: float, console: Console) -> Tally:
    """Makes the visits, `pause` seconds apart; Ctrl-C ends them early and what was reported still leaves."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its retries are told once, at the end
    tally = Tally()
    shop = SentryWsgiMiddleware(application)
    never = threading.Event()
    with _clients(target, tally) as clients, _bar(console) as bar:
        task = bar.add_task("Visiting the shop", total=count)
        try:
            for visit in visits(count):
                _visit(shop, visit, clients[visit.version], tally)
                if _nobody_listens(clients[visit.version], tally):
                    break
                bar.update(task, advance=1, description=visit.mishap.words)
                never.wait(pause)
        except KeyboardInterrupt:
            console.print("Closing the shop early.")
        bar.update(task, description="Visited the shop")
    return tally


def _nobody_listens(client: sentry_sdk.Client, tally: Tally) -> bool:
    """Asked after the first visit only: waits until its event has left, and says whether it was lost."""
    if tally.sent.total() > 1:
        return False
    client.flush(timeout=FLUSH_SECONDS)
    return bool(tally.lost)


def _visit(shop: Any, visit: Visit, client: sentry_sdk.Client, tally: Tally) -> None:
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        with suppress(Exception):  # the mishap itself, which the SDK has just reported
            for _ in shop(environ(visit), _responded):
                pass
    tally.sent[visit.mishap.words] += 1


def _responded(*_: object) -> None:
    """A web server's answer to nobody."""


@contextmanager
def _clients(target: Target, tally: Tally) -> Iterator[dict[Version, sentry_sdk.Client]]:
    """One SDK client for each running version of the shop; all that they hold has left, or is lost, at the end."""

    class Watched(HttpTransport):
        """The SDK's own transport, which also says what it gave up on."""

        def record_lost_event(
            self, reason: str, data_category: Any = None, item: Any = None, *, quantity: int = 1
        ) -> None:
            if (item.data_category if item is not None else data_category) == "error":
                tally.lost[reason] += quantity

    try:
        made = {version: _client(target.dsn, version, Watched) for version in VERSIONS}
    except BadDsn as error:
        raise WrongInputError(f"{target.dsn!r} is no DSN: {error}") from None
    try:
        yield made
    finally:
        for client in made.values():
            client.close(timeout=FLUSH_SECONDS)


def _client(dsn: str, version: Version, transport: type[HttpTransport]) -> sentry_sdk.Client:
    return sentry_sdk.Client(
        dsn=dsn,
        release=version.release,
        environment=version.environment,
        server_name="demo-shop-1",
        transport=transport,
        in_app_include=["tocsin.ops.demo_shop"],
        send_default_pii=True,
        auto_session_tracking=False,
        send_client_reports=False,
        default_integrations=False,
        integrations=[LoggingIntegration(), DedupeIntegration(), ModulesIntegration()],
    )


def _first_project(data: Path | None) -> Target:
    loaded = django_founding(data)
    migrate()
    from tocsin.core.dsn import dsn
    from tocsin.pipeline import links
    from tocsin.store.models import ProjectKey

    keys = ProjectKey.objects.filter(is_active=True).select_related("project__organization")
    key = keys.order_by("project_id", "pk").first()
    if key is None:
        raise WrongInputError(f"There is no project in {loaded.data} yet; run tocsin up or tocsin init first.")
    page = f"{links.base()}/{key.project.organization.slug}/issues/"
    return Target(dsn(links.base(), key.public_key, key.project_id), page)


def _site(dsn: str) -> str:
    """The start page of the server that a DSN names."""
    parts = urlsplit(dsn)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console)


def _report(tally: Tally, target: Target, console: Console) -> None:
    for words, count in tally.sent.most_common():
        console.print(f"{count:>6}  {words}", highlight=False)
    lost = ", ".join(f"{count} {reason}" for reason, count in tally.lost.items())
    if tally.arrived <= 0:
        raise click.ClickException(f"Nothing arrived at {target.page} ({lost}). Is tocsin up running there?")
    words = f"{tally.arrived} events of {len(tally.sent)} kinds arrived" + (f"; lost: {lost}" if lost else "")
    console.print(f"{words}.\nLook at {target.page}", highlight=False, soft_wrap=True)
