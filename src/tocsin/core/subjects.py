"""What a message is about: what a press below it changes, and which conversation its messages are of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AboutIssue:
    """An issue, by its id."""

    id: int


@dataclass(frozen=True, slots=True)
class AboutRequest:
    """Somebody who asks to be let in, or for whom a member asks; by the request's id."""

    id: int

    @property
    def conversation(self) -> str:
        """The name that all messages about the request share at each place."""
        return f"member:{self.id}"


@dataclass(frozen=True, slots=True)
class AboutAccount:
    """Whoever presses, as their account is known through one connection; by that integration's id."""

    id: int


Subject = AboutIssue | AboutRequest | AboutAccount
