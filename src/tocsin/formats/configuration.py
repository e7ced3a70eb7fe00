"""What `tocsin export` writes and `tocsin apply` reads: an organization's configuration as YAML.

The declarations below are the schema (docs/reference/configuration.schema.json), the check and the reference.
"""

from collections.abc import Hashable
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import UNSET, Meta, Struct, UnsetType

from tocsin.core.ownership_check import AUTO_ASSIGNMENT
from tocsin.core.rule import DEFAULT_FREQUENCY, FREQUENCY_MINUTES, HOURLY_LIMIT, LABEL_LENGTH, WAIT_MINUTES

MOST_BYTES = 5_000_000
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"

# Characters that YAML reads as the end of a line, or as none, unless they are written as escapes.
_BREAKS = frozenset("\x85\u2028\u2029\ufeff")

Match = Literal["all", "any", "none"]
Node = dict[str, Any]


class BadConfigurationError(ValueError):
    """A file that cannot be read, with the place and what was expected there."""


class RuleAs(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """An alert rule, told from the others of its place by its name. Lines are as on the API's wire, with names
    in the place of ids: "#team", a member's address, the name of an integration."""

    name: Annotated[str, Meta(min_length=1, max_length=LABEL_LENGTH)]
    actions: list[Node]
    conditions: list[Node] = []
    filters: list[Node] = []
    action_match: Match = "all"
    filter_match: Match = "all"
    frequency: Annotated[int, Meta(ge=FREQUENCY_MINUTES[0], le=FREQUENCY_MINUTES[1], description="Minutes.")] = (
        DEFAULT_FREQUENCY
    )
    environment: str = ""
    environments: list[str] = []
    excluded_environments: list[str] = []
    owner: Annotated[str, Meta(description="#team or a member's address.")] = ""
    wait: Annotated[int, Meta(ge=0, le=WAIT_MINUTES[1], description="Minutes.")] = 0
    hourly_limit: Annotated[int, Meta(ge=0, le=HOURLY_LIMIT[1])] = 0
    enabled: bool = True
    keep_unknown: Annotated[
        bool, Meta(description="Keep lines that cannot run here, instead of refusing the rule.")
    ] = False
    tests: list[Node] = []


class CodeOwnersAs(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A CODEOWNERS file: its text, and where what lies under `sourceRoot` in the repository is in stack traces."""

    raw: str
    repository: str = ""
    branch: str = ""
    source_root: str = ""
    stack_root: str = ""


class OwnershipAs(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A project's ownership rules, its CODEOWNERS files in the order in which they are read, and what follows."""

    rules: str | UnsetType = UNSET
    auto_assignment: Annotated[str, Meta(description=f"One of: {', '.join(AUTO_ASSIGNMENT)}.")] | UnsetType = UNSET
    codeowners: list[CodeOwnersAs] | UnsetType = UNSET


class ProjectAs(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A project that exists. What is not named here is left as it is; a list that is, is the whole list."""

    slug: str
    teams: Annotated[list[str], Meta(description="Slugs.")] | UnsetType = UNSET
    ownership: OwnershipAs | UnsetType = UNSET
    rules: list[RuleAs] | UnsetType = UNSET


class TeamAs(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A team, made if it is missing. `members` are addresses of members of the organization."""

    slug: Annotated[str, Meta(pattern="^[a-z0-9_-]{1,64}$")]
    name: Annotated[str, Meta(max_length=64)] = ""
    email: str = ""
    members: list[str] | UnsetType = UNSET


class DefaultAs(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """What holds for whoever chose nothing: of a type, over one service or (no `provider`) at all."""

    type: str
    value: str
    provider: str = ""


class Configuration(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """An organization's configuration. What a file does not name is left alone."""

    organization: str
    version: Literal[1] = 1
    teams: list[TeamAs] = []
    preferences: list[DefaultAs] | UnsetType = UNSET
    rules: Annotated[list[RuleAs], Meta(description="Those that watch all projects.")] | UnsetType = UNSET
    projects: list[ProjectAs] = []


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, from the declarations."""
    return {"$schema": SCHEMA_ID, "title": "Tocsin configuration", **msgspec.json.schema(Configuration)}


def read(text: str) -> Configuration:
    """Raises BadConfigurationError with the line, or the path, that is wrong."""
    if len(text.encode()) > MOST_BYTES:
        raise BadConfigurationError(f"The file is longer than {MOST_BYTES:,} bytes.")
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 — a SafeLoader that refuses more
        return msgspec.convert(found, Configuration)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadConfigurationError(str(error)) from None
    except RecursionError:
        raise BadConfigurationError("The file is nested too deeply.") from None


def write(configuration: Configuration) -> str:
    """The file as people would write it."""
    plain = {"version": 1, **msgspec.to_builtins(configuration)}
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Loader(yaml.SafeLoader):
    """Without aliases, which make a small file a big one, and without keys that are given twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not read here", problem_mark=self.get_mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"{key.value!r} is given twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if _BREAKS & set(text):
        style: str | None = '"'
    else:
        style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
