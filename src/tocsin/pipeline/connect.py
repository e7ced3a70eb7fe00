"""Connects an outside service: checks what was typed, asks the service, keeps it encrypted, with an audit entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from tocsin.core.fields import InvalidFieldsError, as_mapping, granted_names, parse, secret_names, specs
from tocsin.core.registry import Provider
from tocsin.core.sending import Delivered, Outcome, Request, Sending
from tocsin.pipeline import outward
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.rehearse import rehearse
from tocsin.store.db import one_transaction
from tocsin.store.queries import integrations as queries
from tocsin.store.queries.integrations import Stored
from tocsin.store.writes import integrations as writes

NAME_LENGTH = 200

Ask = Callable[[Sending], Outcome]


class UnknownServiceError(ValueError):
    """There is no such service, or it has nothing to connect."""


class NotConnectedError(RuntimeError):
    """The service did not accept the settings; the text is its answer and what to do."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection as it now is; `answer` says what the service said of it, `is_new` whether it was not there."""

    id: int
    provider: str
    name: str
    answer: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Account:
    """Whose settings these are, as the service told: its own id and name, both "" where it told nothing."""

    external_id: str
    name: str
    answer: str


def connectable(provider: Provider) -> bool:
    """Whether a person can connect this service: it has something to fill in."""
    return any(True for _ in specs(provider.settings))


def environment() -> dict[str, str]:
    """What the operator set, by the names of the TOCSIN_* variables, checked at the start."""
    known = settings.TOCSIN
    return {f"TOCSIN_{name.upper()}": str(getattr(known, name)) for name in known.model_fields_set}


def resolve_settings(provider: Provider, stored: Mapping[str, Any], environ: Mapping[str, str]) -> Any | None:
    """The settings to deliver with: as stored, empty fields from the environment; None while one is missing.

    `stored` is {} for a service without an integration.
    """
    filled: dict[str, object] = {}
    for name, spec, _ in specs(provider.settings):
        value = stored.get(name)
        filled[name] = environ.get(spec.environment) if value is None or value == "" else value
    try:
        return parse(provider.settings, filled)
    except InvalidFieldsError:
        return None


def is_set_by_environment(provider: Provider, environ: Mapping[str, str]) -> bool:
    """Whether the operator's variables alone make this service deliver."""
    named = any(spec.environment and environ.get(spec.environment) for _, spec, _ in specs(provider.settings))
    return named and resolve_settings(provider, {}, environ) is not None


def delivers_by_environment() -> bool:
    """Whether the operator's variables make any service deliver, for all organizations alike."""
    environ = environment()
    return any(is_set_by_environment(provider, environ) for provider in catalogue().providers.values())


def connect(  # noqa: PLR0913 — the columns of a connection, who connects it, and when
    *,
    organization_id: int,
    provider: str,
    values: Mapping[str, object],
    name: str | None = None,
    actor_id: int | None,
    now: datetime,
    ask: Ask = outward.ask,
) -> Connected:
    """Connects a service, or brings the connection to the same account up to date.

    Raises UnknownServiceError, InvalidFieldsError (a reason for each wrong field), NotConnectedError when the
    service refuses the settings or cannot be reached, or NameTakenError.
    """
    found = service(provider)
    given = parse(found.settings, values)
    account = _account(found, given, ask)
    wanted = (name or account.name or found.name).strip()[:NAME_LENGTH]
    with one_transaction():
        before = queries.same_account(organization_id, provider, account.external_id, wanted)
        saved = writes.saved(
            organization_id,
            writes.Columns(
                provider=provider,
                name=(name or before.connected.name) if before else wanted,
                external_id=account.external_id,
                settings=as_mapping(given),
            ),
            integration_id=before.connected.id if before else None,
            actor_id=actor_id,
            now=now,
        )
    again = " It was connected already: its token is replaced, its rules and what waits stay." if before else ""
    return Connected(saved.id, provider, saved.name, account.answer + again, before is None)


def change(  # noqa: PLR0913 — see connect
    *,
    organization_id: int,
    stored: Stored,
    values: Mapping[str, object],
    name: str,
    actor_id: int | None,
    now: datetime,
    ask: Ask = outward.ask,
) -> Connected:
    """Changes a connection; a secret that is left empty stays, unless where it is sent to changes.

    It stays with its account: what waits for it and its rules name channels of that one. Raises what `connect`
    raises, NotConnectedError for the settings of another account too.
    """
    found = service(stored.connected.provider)
    given = parse(found.settings, kept_secrets(found, stored.settings, values))
    account = _account(found, given, ask)
    before = stored.connected
    if before.external_id and account.external_id and account.external_id != before.external_id:
        theirs = account.name or account.external_id
        raise NotConnectedError(
            f"These settings are of another account, {theirs}; {before.name} was not changed. "
            "Connect that account beside it, then change the rules that shall use it."
        )
    with one_transaction():
        # While the service was asked the token may have been renewed: what is kept is what stands there now.
        current = queries.locked(organization_id, before.id) or stored
        is_same = _keeps_its_token(found, values)
        saved = writes.saved(
            organization_id,
            writes.Columns(
                provider=found.slug,
                name=(name.strip() or before.name)[:NAME_LENGTH],
                external_id=account.external_id or before.external_id,
                settings=as_mapping(parse(found.settings, kept_secrets(found, current.settings, values))),
                renew_at=current.connected.renew_at if is_same else None,
            ),
            integration_id=before.id,
            actor_id=actor_id,
            now=now,
        )
    return Connected(saved.id, found.slug, saved.name, account.answer, is_new=False)


def kept_secrets(provider: Provider, stored: Mapping[str, Any], values: Mapping[str, object]) -> dict[str, object]:
    """What was typed, with the saved secrets in the place of empty ones, if they still go where they went before.

    Raises InvalidFieldsError for secrets that have to be given again. Otherwise, whoever may edit could change
    the host and be sent the token (GitLab #385193).
    """
    typed = {name: value for name, value in values.items() if name not in granted_names(provider.settings)}
    values = {**typed, **_still_granted(provider, stored, typed)}
    secrets = secret_names(provider.settings) - granted_names(provider.settings)
    left_empty = {name for name in secrets if stored.get(name) and not values.get(name)}
    kept = {**values, **{name: stored[name] for name in left_empty}}
    if left_empty and _destinations(provider, stored) != _destinations(provider, kept):
        reason = "The settings now lead elsewhere. Give this again, as it was saved for where they led before."
        raise InvalidFieldsError(dict.fromkeys(left_empty, reason))
    return kept


def _still_granted(
    provider: Provider, stored: Mapping[str, Any], values: Mapping[str, object]
) -> Mapping[str, object]:
    """What the service gave when it let us in; nothing once another token is typed, to which it does not belong."""
    if not _keeps_its_token(provider, values):
        return {}
    return {name: stored[name] for name in granted_names(provider.settings) if name in stored}


def _keeps_its_token(provider: Provider, values: Mapping[str, object]) -> bool:
    return provider.install is not None and not values.get(provider.install.fills)


def _destinations(provider: Provider, values: Mapping[str, object]) -> list[str]:
    """Where messages would be sent with these settings: servers and paths, not what is said there."""
    usable = parse(provider.settings, values)
    questions = rehearse(provider.send(usable, provider.example))
    questions += rehearse(provider.check(usable)) if provider.check else []
    return [question.url if isinstance(question, Request) else question.server for question in questions]


def service(slug: str) -> Provider:
    """The provider of a slug that can be connected; raises UnknownServiceError."""
    found = catalogue().providers.get(slug)
    if found is None or not connectable(found):
        known = ", ".join(sorted(name for name, one in catalogue().providers.items() if connectable(one)))
        raise UnknownServiceError(f"There is no service {slug!r} to connect. Known services: {known}.")
    return found


def _account(provider: Provider, given: Any, ask: Ask) -> _Account:
    if provider.check is None:
        return _Account("", "", "Saved. Send a test to see that messages arrive.")
    # Checked as it will be used: what is left empty comes from the environment.
    used = resolve_settings(provider, as_mapping(given), environment())
    outcome = ask(provider.check(used or given))
    if not isinstance(outcome, Delivered):
        raise NotConnectedError(outcome.reason)
    external_id, name = _identity(outcome.reference)
    return _Account(external_id, name, f"{provider.name} accepted the settings{f' for {name}' if name else ''}.")


def _identity(reference: Mapping[str, str]) -> tuple[str, str]:
    """A service that names the account answers with its id and its name: {"team_id": "T1", "team": "Acme"}."""
    for key, value in reference.items():
        if key.endswith("_id") and value:
            return value, reference.get(key.removesuffix("_id"), "")
    return "", ""
