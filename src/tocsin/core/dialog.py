"""A dialog: what somebody is asked who wants something that takes more than one press. In no service's markup."""

from dataclasses import dataclass

from tocsin.core.message import Choice


@dataclass(frozen=True, slots=True)
class One:
    """One of a few; `chosen` is the word that stands there first."""

    name: str
    label: str
    choices: tuple[Choice, ...]
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
    """`name` is the word that asks for it and comes back with its answers (core.dialogs), `about` the issue."""

    name: str
    title: str
    submit: str
    about: int
    subject: str
    inputs: tuple[Input, ...]
