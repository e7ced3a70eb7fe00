"""What ownership means for an issue: who is told as owner, who is suggested, who gets it by itself (§3.3, 3.9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.ownership import Kind, Owned
from tocsin.core.ownership_rule import TEAM
from tocsin.core.suspects import SuspectCommit

SUGGESTED = 2  # rules whose owners are shown with an issue
SUSPECT_COMMIT = "suspect_commit"
# What an assignment that nobody made is said to come from, as on Sentry's wire.
INTEGRATIONS = {
    Kind.OWNERSHIP_RULE.value: "projectOwnership",
    Kind.CODEOWNERS.value: "codeowners",
    SUSPECT_COMMIT: "suspectCommitter",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who may own an issue, and what says so: a person or a team, by a rule or a commit.

    `made` is that commit as people know it, where it was asked for."""

    kind: str
    user_id: int | None
    team_id: int | None
    rule: str = ""
    commit: str = ""
    made: SuspectCommit | None = None


def suggestions(owned: Sequence[Owned]) -> tuple[Suggestion, ...]:
    """The owners that the two strongest rules name, each once, the strongest first; within a rule the last first,
    who is the one that gets the issue."""
    found: dict[tuple[int | None, int | None], Suggestion] = {}
    for rule in owned[:SUGGESTED]:
        for owner in reversed(rule.owners):
            is_team = owner.type == TEAM
            user_id, team_id = (None, owner.id) if is_team else (owner.id, None)
            if owner.id is not None:
                suggestion = Suggestion(rule.kind.value, user_id, team_id, rule.text[:500])
                found.setdefault((user_id, team_id), suggestion)
    return tuple(found.values())


def told(owned: Sequence[Owned]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The people and teams that hear as owners: all whom the strongest rule names."""
    if not owned:
        return (), ()
    named = [owner for owner in owned[0].owners if owner.id is not None]
    return (
        tuple(owner.id for owner in named if owner.type != TEAM and owner.id is not None),
        tuple(owner.id for owner in named if owner.type == TEAM and owner.id is not None),
    )


def heir(found: Sequence[Suggestion], *, by_rules: bool, by_commits: bool) -> Suggestion | None:
    """Who gets an issue that nobody has: a suspect committer before who a rule names, each where the project wants
    it so."""
    ranked = [one for one in found if one.kind == SUSPECT_COMMIT and by_commits]
    ranked += [one for one in found if one.kind != SUSPECT_COMMIT and by_rules]
    return ranked[0] if ranked else None
