"""Chat actions: a press is kept and acknowledged, then done by whoever has the time, in one commit with others.

A chat service waits three seconds for an answer. Done at once, a press costs some 40 statements: at 100 a second
the last one was answered after 40 s.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError

from tocsin.core.chat_action import ChatAction, together
from tocsin.core.subjects import AboutAccount, AboutIssue, AboutRequest, Subject
from tocsin.engine.port import put
from tocsin.pipeline import chat, chat_everything, chat_members, clock
from tocsin.pipeline.chat import Workspace
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import after_commit, one_transaction, retried
from tocsin.store.queries import commands
from tocsin.store.writes import chat_actions as writes

log = logging.getLogger("tocsin.chat")

# While they are done nobody else writes on SQLite, and the digest is to wait for no more than a tenth of a second.
AT_ONCE = 20
BUG = "Tocsin could not do this. It is a bug, and in its log; please report it."

Act = Callable[[Sequence[ChatAction], Sequence[Workspace], datetime], Sequence[Happened]]
ACTS: Mapping[type[Subject], Act] = {
    AboutIssue: chat.act,
    AboutRequest: chat_members.act,
    AboutAccount: chat_everything.act,
}


def keep(action: ChatAction) -> None:
    """To be done soon. Within the transaction that notes that it came."""
    writes.keep(action)
    after_commit(lambda: put("act"))


def do_all(acts: Mapping[type[Subject], Act] = ACTS) -> int:
    """Does what waits; how many there were. Raises what the database raises while it is away: nothing is lost."""
    done = 0
    while taken := retried(lambda: _do_some(acts, clock.now())):
        done += taken
    return done


def _do_some(acts: Mapping[type[Subject], Act], now: datetime) -> int:
    with one_transaction():
        taken = writes.take(AT_ONCE)
        commands.hold({one.about.id for one in taken if isinstance(one.about, AboutIssue)})
        if not _done(taken, acts, now):
            for one in taken:
                _do_alone(one, acts, now)
    # Another worker may have taken those that this one waited for, and left some.
    return len(taken) or int(writes.are_waiting())


def _do_alone(one: ChatAction, acts: Mapping[type[Subject], Act], now: datetime) -> None:
    """One of several that could not be done together: who asked what cannot be done is told so."""
    if not _done([one], acts, now):
        _whole(lambda: _say_bug(one, now), "Whoever pressed it could not be told so either.")


def _say_bug(one: ChatAction, now: datetime) -> None:
    if connected := _connected(one):
        chat.refuse(one.talker, connected[0], BUG, now)


def _done(actions: Sequence[ChatAction], acts: Mapping[type[Subject], Act], now: datetime) -> bool:
    """Whether they were done, all or none. What happened is said at the end, with a few statements for all."""

    def do() -> None:
        groups = together(actions)
        happen([happened for group in groups for happened in _act(group, acts, now)], now)

    return _whole(do, f"What was pressed in a chat service could not be done ({len(actions)} together).")


def _whole(do: Callable[[], None], otherwise: str) -> bool:
    """Whether it was done; a bug undoes all of it and nothing else: one press holds up no other."""
    try:
        with one_transaction():
            do()
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        log.exception(otherwise)
        return False
    return True


def _act(group: Sequence[ChatAction], acts: Mapping[type[Subject], Act], now: datetime) -> Sequence[Happened]:
    connected, act = _connected(group[0]), acts.get(type(group[0].about))
    return act(group, connected, now) if connected and act else []


def _connected(one: ChatAction) -> Sequence[Workspace]:
    """Through which it may be believed, and which are there still."""
    here = chat.workspaces(one.talker.provider, one.talker.account)
    return [workspace for workspace in here if workspace.integration_id in one.integrations]
