"""Whether a CODEOWNERS file may be kept, and whom its names stand for in a project (behaviour §4.4, §4.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.codeowners import is_email
from tocsin.core.ownership_check import Resolvable, too_long_for
from tocsin.core.ownership_rule import TEAM, USER, Owner

TEXTS = {"repository": 200, "branch": 200, "sourceRoot": 500, "stackRoot": 500}


@dataclass(frozen=True, slots=True)
class Associations:
    """The organization's people and teams by their names elsewhere, in lower case, as `@ana` or `@acme/web`."""

    actors: Mapping[str, Owner] = field(default_factory=dict)

    def known(self, resolvable: Resolvable) -> dict[str, Owner]:
        """Whoever can own in a project, by each of their names; addresses stand for themselves."""
        people = {email: Owner(USER, email, id_) for email, id_ in resolvable.people.items()}
        teams, users = frozenset(resolvable.teams.values()), frozenset(resolvable.people.values())
        found = {
            name: owner
            for name, owner in self.actors.items()
            if owner.id in (teams if owner.type == TEAM else users)
        }
        return {**people, **found}


@dataclass(frozen=True, slots=True)
class Missing:
    """The names of a file that stand for nobody in the project, by why; as the wire's `errors`."""

    missing_external_teams: tuple[str, ...] = ()
    missing_external_users: tuple[str, ...] = ()
    missing_user_emails: tuple[str, ...] = ()
    teams_without_access: tuple[str, ...] = ()
    users_without_access: tuple[str, ...] = ()


def missing(unknown: Iterable[str], associations: Associations) -> Missing:
    """The unknown names sorted by what would make them known."""
    found: dict[str, list[str]] = {}
    for name in unknown:
        found.setdefault(_why(name, associations), []).append(name)
    return Missing(**{why: tuple(names) for why, names in found.items()})


def check_file(
    sent: Mapping[str, Any], *, raw_before: str | None = None
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The columns that a body asks for, and the reasons against it by key; `raw` is needed for a new file."""
    columns: dict[str, str] = {}
    reasons: dict[str, list[str]] = {}
    if "raw" in sent or raw_before is None:
        why = _text_problem(sent.get("raw"), len(raw_before or ""))
        if why:
            reasons["raw"] = [why]
        else:
            columns["raw"] = sent["raw"]
    for key, most in TEXTS.items():
        value = sent.get(key)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            reasons[key] = [f"Must be text of at most {most} characters."]
        else:
            columns[_COLUMNS[key]] = value.strip()
    return columns, reasons


_COLUMNS = {"repository": "repository", "branch": "branch", "sourceRoot": "source_root", "stackRoot": "stack_root"}


def _text_problem(raw: object, before: int) -> str:
    if not isinstance(raw, str) or not raw.strip():
        return "Must be the text of a CODEOWNERS file."
    if "\0" in raw:
        line = raw[: raw.index("\0")].count("\n") + 1
        return f"Line {line} has a NUL character, which cannot be kept; remove it."
    return too_long_for(raw, before)


def _why(name: str, associations: Associations) -> str:
    owner = associations.actors.get(name.lower())
    if owner is not None:
        return "teams_without_access" if owner.type == TEAM else "users_without_access"
    if is_email(name):
        return "missing_user_emails"
    return "missing_external_teams" if "/" in name else "missing_external_users"
