"""A dialog: what somebody is asked who wants something that takes more than one press. In no service's markup."""

from dataclasses import dataclass

from tocsin.core.subjects import AboutIssue


@dataclass(frozen=True, slots=True)
class One:
    """One of a few, each a label and its word; `chosen` is the word that stands there first."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number above 0, or nothing."""

    name: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time, as the reader's clock says it, or nothing."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, or nothing."""

    name: str
    label: str
    hint: str = ""


Input = One | Number | Moment | Words


@dataclass(frozen=True, slots=True)
class Dialog:
    """`name` is the word that asks for it and comes back with its answers (core.dialogs)."""

    name: str
    title: str
    submit: str
    about: AboutIssue
    subject: str
    inputs: tuple[Input, ...]
