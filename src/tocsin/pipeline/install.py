"""Install: an account is connected by the consent of whoever manages it there (OAuth 2).

Somebody who may manage integrations begins it here, and the browser that began it has to come back: within ten
minutes, once, as the same person, who still may.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer

from tocsin.core.fields import InvalidFieldsError, as_mapping, parse, secret_names, specs
from tocsin.core.registry import Install, Provider
from tocsin.core.roles import MAY_MANAGE
from tocsin.core.sending import Granted, Outcome, Sending
from tocsin.pipeline import links, outward, roll_call
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import NAME_LENGTH, Connected, environment
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as chat_queries
from tocsin.store.queries import integrations as queries
from tocsin.store.queries.integrations import Stored
from tocsin.store.writes import chat as chat_writes
from tocsin.store.writes import integrations as writes

SESSION = "install"  # where a browser's session keeps what its states are bound to
SALT = "tocsin.install"
USED = "install:"
LASTS = timedelta(minutes=10)
AHEAD = timedelta(minutes=1)  # as far as the clocks of two nodes may be apart

Ask = Callable[[Sending], Outcome]


class NotInstalledError(RuntimeError):
    """Nothing was connected or changed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class State:
    """What somebody began: where, who, and which connection is to be installed again, if any."""

    provider: str
    organization_id: int
    organization: str
    user_id: int
    integration_id: int | None
    digest: str


def app_of(install: Install) -> Any | None:
    """The app that the operator set; None while there is none."""
    environ = environment()
    try:
        return parse(install.app, {name: environ.get(spec.environment) for name, spec, _ in specs(install.app)})
    except InvalidFieldsError:
        return None


def renew_at(granted: Granted, now: datetime) -> datetime | None:
    """When the token is exchanged: two thirds into its time, so that a service may be away for hours."""
    return None if granted.lasts is None else now + timedelta(seconds=granted.lasts * 2 / 3)


def lacking(provider: Provider, stored: Stored, *, hears: bool) -> tuple[str, ...]:
    """The scopes that this version asks for and a connection was not given; `hears` where its organization takes
    comments from threads."""
    if provider.install is None or stored.unreadable:
        return ()
    try:
        return provider.install.lacks(parse(provider.settings, stored.settings), hears=hears)
    except InvalidFieldsError:
        return ()


def begin(  # noqa: PLR0913 — what a state says
    *,
    provider: Provider,
    organization_id: int,
    organization: str,
    user_id: int,
    integration_id: int | None,
    hears: bool,
    key: str,
    now: datetime,
) -> str:
    """The service's page where somebody agrees. `hears` as in `lacking`; `key` is what the session keeps, see
    `a_key`.

    Raises NotInstalledError while no app is set.
    """
    app = app_of(provider.install) if provider.install else None
    if provider.install is None or app is None:
        raise NotInstalledError(f"No app of {provider.name} is set: the operator sets its client id and secret.")
    parts = [
        provider.slug,
        organization_id,
        organization,
        user_id,
        integration_id,
        _bound(key),
        secrets.token_hex(8),
    ]
    state = _signer().sign_object([*parts, int(now.timestamp())])
    return provider.install.consent(app, links.setup(provider.slug), state, hears=hears)


def a_key() -> str:
    """For a session that has none."""
    return secrets.token_urlsafe(24)


def opened(state: str, key: str, user_id: int, now: datetime) -> State:
    """What came back with the browser; raises NotInstalledError for what did not begin there, or is over."""
    try:
        slug, organization_id, organization, began, integration_id, bound, _, at = _signer().unsign_object(state)
        signed = datetime.fromtimestamp(at, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        raise NotInstalledError(
            "This did not begin here, or the address was cut. Begin under Integrations."
        ) from None
    if not key or not secrets.compare_digest(bound, _bound(key)) or began != user_id:
        raise NotInstalledError(
            "This began in another browser, or as somebody else. Begin under Integrations in this one."
        )
    if not now - LASTS < signed <= now + AHEAD:
        raise NotInstalledError("More than ten minutes have passed since it began. Begin under Integrations again.")
    digest = hashlib.sha256(state.encode()).hexdigest()
    return State(slug, organization_id, organization, user_id, integration_id, digest)


def finish(state: State, *, code: str, error: str, now: datetime, ask: Ask | None = None) -> Connected:
    """Connects the account, or brings its connection up to date; what was held goes out.

    Uses the state up. Raises NotInstalledError, or NameTakenError where a connection was named so meanwhile.
    """
    provider = catalogue().providers.get(state.provider)
    app = app_of(provider.install) if provider and provider.install else None
    with one_transaction():
        is_first = chat_writes.first(f"{USED}{state.digest}", now)
    if not is_first:
        raise NotInstalledError("This was opened before: what came of it stands under Integrations.")
    if chat_queries.role(state.user_id, state.organization_id) not in MAY_MANAGE:
        raise NotInstalledError("You may not manage the integrations of this organization any more.")
    if provider is None or provider.install is None or app is None:
        raise NotInstalledError("No app is set any more: the operator sets its client id and secret.")
    if error or not code:
        raise NotInstalledError(provider.install.denied(error or "no code"))
    asks = ask or (lambda sending: outward.ask(sending, _secrets(app, code)))
    outcome = asks(provider.install.exchange(app, code, links.setup(provider.slug)))
    if not isinstance(outcome, Granted):
        raise NotInstalledError(str(getattr(outcome, "reason", "The service gave nothing.")))
    return _kept(provider, provider.install, state, outcome, now)


def _secrets(app: Any, code: str) -> list[str]:
    return [code, *(str(getattr(app, name)) for name in secret_names(type(app)))]


def _kept(provider: Provider, install: Install, state: State, granted: Granted, now: datetime) -> Connected:
    external_id, name = _identity(granted.reference)
    with one_transaction():
        writes.one_at_a_time(state.organization_id)
        before = queries.same_account(state.organization_id, provider.slug, external_id, name)
        if state.integration_id is not None and (before is None or before.connected.id != state.integration_id):
            _refuse_another(provider, install, state, name)
        if before is not None:
            before = queries.locked(state.organization_id, before.connected.id) or before
        settings = parse(provider.settings, {**(before.settings if before else {}), **granted.settings})
        wanted = before.connected.name if before else _free(state.organization_id, provider, name, external_id)
        saved = writes.saved(
            state.organization_id,
            writes.Columns(provider.slug, wanted, external_id, as_mapping(settings), renew_at(granted, now)),
            integration_id=before.connected.id if before else None,
            actor_id=state.user_id,
            now=now,
        )
        roll_call.begin(provider, settings, saved.id, now)
    answer = f"{provider.name} lets Tocsin into {name}."
    return Connected(saved.id, provider.slug, saved.name, answer, before is None)


def _refuse_another(provider: Provider, install: Install, state: State, name: str) -> None:
    """What was to be installed again is another account than the one that agreed."""
    meant = queries.stored(state.organization_id, state.integration_id or 0)
    if meant is not None:
        raise NotInstalledError(
            f"{name} agreed, and {meant.connected.name} was to be added again; nothing was changed here. "
            f"Choose {meant.connected.name} in the upper right corner of {provider.name}'s page, or add {name} as "
            f"another {install.account} under Integrations."
        )


def _free(organization_id: int, provider: Provider, name: str, external_id: str) -> str:
    """A name that no other connection has: two workspaces may be called the same."""
    name = (name or provider.name).strip()[: NAME_LENGTH - 30]
    return f"{name} ({external_id[:24]})" if name in queries.names(organization_id, provider.slug) else name


def _identity(reference: Mapping[str, str]) -> tuple[str, str]:
    return next(
        (value, reference.get(key.removesuffix("_id"), ""))
        for key, value in reference.items()
        if key.endswith("_id")
    )


def _bound(key: str) -> str:
    return hashlib.sha256(f"{SALT}:{key}".encode()).hexdigest()[:32]


def _signer() -> Signer:
    return Signer(salt=SALT)
