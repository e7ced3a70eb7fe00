"""What somebody did below a message in a chat service: kept at once, done soon after, in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class Talker:
    """Somebody in a chat service: the service, the account (a workspace), who they are there, and where an answer
    reaches them alone ("" for nowhere)."""

    provider: str
    account: str
    user: str
    name: str
    answer_to: str


@dataclass(frozen=True, slots=True)
class ChatAction:
    """A press that was acknowledged: who, through which connections it may be believed, to what (`about` and its
    id), the word of it (core.acts), and when."""

    talker: Talker
    integrations: tuple[int, ...]
    about: str
    about_id: int
    does: str
    at: datetime

    @property
    def subject(self) -> tuple[str, int]:
        return self.about, self.about_id

    @property
    def asks(self) -> tuple[str, ...]:
        """What two have in common that one person asks of two things."""
        one = self.talker
        return (one.provider, one.account, one.user, self.about, self.does, *map(str, self.integrations))


def together(actions: Sequence[ChatAction]) -> list[list[ChatAction]]:
    """Groups of what one person asks of several things with one word, to be done one after the other.

    What is asked of one thing keeps its order; a group asks nothing twice of one.
    """
    asked: Counter[tuple[str, int]] = Counter()
    groups: dict[tuple[int, tuple[str, ...]], list[ChatAction]] = {}
    for one in actions:
        groups.setdefault((asked[one.subject], one.asks), []).append(one)
        asked[one.subject] += 1
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]
