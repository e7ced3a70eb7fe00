"""Tokens that run out are exchanged in time. A refresh token works once: one node uses it, and what comes of it is
committed before anything else is asked."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.fields import secret_names
from tocsin.core.registry import Install, Provider
from tocsin.core.sending import Gone, Granted, Outcome, Sending
from tocsin.pipeline import clock, outages, outward
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment, resolve_settings
from tocsin.pipeline.install import app_of, renew_at
from tocsin.store.db import one_transaction
from tocsin.store.queries import integrations as queries
from tocsin.store.queries.integrations import Due
from tocsin.store.writes import integrations as writes

log = logging.getLogger("tocsin.renew")

AT_ONCE = 20  # a run; the schedule waits for it
LEASE = timedelta(minutes=5)  # longer than a question can take, and the wait before it is asked again

Ask = Callable[[Sending], Outcome]


def renew_due(ask: Ask | None = None) -> int:
    """How many tokens were renewed. A service that does not answer ends the run: the next is in a minute."""
    renewed = 0
    for due in queries.to_renew(clock.now(), AT_ONCE):
        outcome = _renew(due, ask, clock.now())
        renewed += isinstance(outcome, Granted)
        if outcome is not None and not isinstance(outcome, Granted | Gone):
            log.warning("The token of integration %d was not renewed: %s", due.id, _words(outcome))
            break
    return renewed


def _words(outcome: Outcome) -> str:
    return str(getattr(outcome, "reason", "nothing new came"))


def _renew(due: Due, ask: Ask | None, now: datetime) -> Outcome | None:
    """What came of it; None where it was not ours to ask, or there is nothing to ask with."""
    provider = catalogue().providers.get(due.provider)
    with one_transaction():
        is_ours = writes.claimed(due.id, due.renew_at, now + LEASE)
    stored = queries.stored(due.organization_id, due.id) if is_ours else None
    if stored is None or provider is None or provider.install is None:
        return None
    settings = resolve_settings(provider, stored.settings, environment())
    app = app_of(provider.install)
    if settings is None or app is None:
        log.warning("The token of integration %d cannot be renewed: no app or no readable settings.", due.id)
        return None
    outcome = (ask or _asked(provider, settings, app))(provider.install.renew(app, settings))
    if isinstance(outcome, Granted):
        _keep(due, provider.install, stored.settings, outcome, now)
    elif isinstance(outcome, Gone):
        outages.broken(due.organization_id, due.organization, due.provider, due.id, outcome.reason, now)
    return outcome


def _asked(provider: Provider, settings: Any, app: Any) -> Ask:
    """Asks with the secrets masked in whatever comes back."""
    secrets = [str(getattr(settings, name)) for name in secret_names(provider.settings)]
    secrets += [str(getattr(app, name)) for name in secret_names(type(app))]
    return lambda sending: outward.ask(sending, [secret for secret in secrets if secret])


def _keep(due: Due, install: Install, used: Any, granted: Granted, now: datetime) -> None:
    with one_transaction():
        there = queries.locked(due.organization_id, due.id)
        if there is None or there.settings.get(install.fills) != used.get(install.fills):
            return  # removed or connected anew while the service was asked: what came then is newer
        settings = {**there.settings, **granted.settings}
        writes.renewed(due.organization_id, due.id, settings, renew_at(granted, now), now)
