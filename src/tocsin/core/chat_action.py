"""What somebody did below a message in a chat service: kept at once, done soon after, in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.subjects import Subject


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
    """A press that was acknowledged: who, through which connections it may be believed, about what, the word of
    it (core.acts), and when."""

    talker: Talker
    integrations: tuple[int, ...]
    about: Subject
    does: str
    at: datetime

    @property
    def asks(self) -> tuple[object, ...]:
        """What two have in common that one person asks of two things."""
        one = self.talker
        return (one.provider, one.account, one.user, type(self.about), self.does, self.integrations)


def together(actions: Sequence[ChatAction]) -> list[list[ChatAction]]:
    """Groups of what one person asks of several things with one word, to be done one after the other.

    What is asked of one thing keeps its order; a group asks nothing twice of one.
    """
    asked: Counter[Subject] = Counter()
    groups: dict[tuple[int, tuple[object, ...]], list[ChatAction]] = {}
    for one in actions:
        groups.setdefault((asked[one.about], one.asks), []).append(one)
        asked[one.about] += 1
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]
