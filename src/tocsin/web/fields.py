"""Declared fields as a form shows them; a saved secret is never among the values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.fields import Kind, specs


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `is_kept` says that a secret is saved and stays when the input is left empty; `stands_in`
    names the operator's variable that is used then."""

    name: str
    label: str
    kind: str
    value: str
    help: str
    placeholder: str
    choices: tuple[tuple[str, str], ...]
    is_required: bool
    is_kept: bool = False
    stands_in: str = ""
    error: str = ""


def fields(
    declared: type[Any],
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    saved: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> list[Field]:
    """The inputs for a dataclass of declared fields, in their order."""
    saved, environ = saved or {}, environ or {}
    found = []
    for name, spec, required in specs(declared):
        if spec.is_granted:
            continue
        is_secret = spec.kind is Kind.SECRET
        is_kept = is_secret and bool(saved.get(name))
        stands_in = spec.environment if spec.environment and environ.get(spec.environment) else ""
        value = "" if is_secret else str(values.get(name, saved.get(name)) or "")
        found.append(
            Field(
                name=name,
                label=spec.label,
                kind=spec.kind.value,
                value=value,
                help=spec.help,
                placeholder=spec.placeholder,
                choices=spec.choices,
                is_required=required and not is_kept,
                is_kept=is_kept,
                stands_in=stands_in,
                error=errors.get(name, ""),
            )
        )
    return found


def granted(declared: type[Any], saved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the service gave with its consent, secrets apart: each label with its value."""
    found = [
        (spec.label, str(saved.get(name) or "").replace(",", ", "))
        for name, spec, _ in specs(declared)
        if spec.is_granted and spec.kind is not Kind.SECRET
    ]
    return [(label, value) for label, value in found if value]


def given(declared: type[Any], sent: Mapping[str, Any]) -> dict[str, object]:
    """What a form sent for the declared fields; an unticked box is sent as nothing and means no."""
    return {
        name: sent.get(name, "") or ("false" if spec.kind is Kind.BOOLEAN else "")
        for name, spec, _ in specs(declared)
        if not spec.is_granted
    }
