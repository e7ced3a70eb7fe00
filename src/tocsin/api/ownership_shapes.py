"""The bodies about ownership, as OpenAPI describes them."""

# ruff: noqa: N815 — the names are the wire's

from typing import Any

from ninja import Field, Schema


class Ownership(Schema):
    """Who owns what: `raw` is the rules as text, `schema` as they were read, without owners who left since."""

    raw: str | None
    fallthrough: bool
    dateCreated: str | None
    lastUpdated: str | None
    isActive: bool
    autoAssignment: str
    codeownersAutoSync: bool
    rules_schema: dict[str, Any] | None = Field(alias="schema")


class OwnershipToSave(Schema):
    """Keys that are not sent stay as they are. Members who are no admins may send `raw` alone."""

    raw: str | None = None
    fallthrough: bool = True
    autoAssignment: str = "Auto Assign to Issue Owner"
    codeownersAutoSync: bool = True
    isActive: bool = True


class CodeOwners(Schema):
    """A CODEOWNERS file: `errors` are names that stand for nobody here, by why; `notes` say what was left out."""

    id: str
    raw: str
    dateCreated: str
    dateUpdated: str
    repository: str
    branch: str
    sourceRoot: str
    stackRoot: str
    ownershipSyntax: str
    rules_schema: dict[str, Any] = Field(alias="schema")
    errors: dict[str, list[str]]
    notes: list[str]


class CodeOwnersToSave(Schema):
    """`sourceRoot` in the repository is `stackRoot` in the paths of stack traces."""

    raw: str
    repository: str = ""
    branch: str = ""
    sourceRoot: str = ""
    stackRoot: str = ""
