"""What GitHub tells of a repository: pushes and pull requests. Other events are left aside."""

import msgspec

from tocsin.core.code import Host, Pulled, PullRequest, Push
from tocsin.formats.release import clean
from tocsin.formats.release_hooks import UNREADABLE, SentCommit, UnreadableHookError, commit

PROVIDER = "github"
WANTED = frozenset({"opened", "edited", "reopened", "synchronize", "closed"})


class _Repository(msgspec.Struct):
    id: int
    full_name: str
    html_url: str = ""


class _Push(msgspec.Struct):
    ref: str
    repository: _Repository
    commits: list[SentCommit] = []


class _User(msgspec.Struct):
    login: str = ""


class _PullRequest(msgspec.Struct):
    number: int
    title: str
    state: str
    html_url: str = ""
    body: str | None = None
    merged: bool | None = None
    merge_commit_sha: str | None = None
    user: _User | None = None


class _Pulled(msgspec.Struct):
    action: str
    pull_request: _PullRequest
    repository: _Repository


def read(event: str, body: bytes) -> Push | Pulled | None:
    """What a body says; `event` is the header X-GitHub-Event. None for what we have no use for.

    Raises UnreadableHookError.
    """
    try:
        match event:
            case "push":
                return _push(msgspec.json.decode(body, type=_Push))
            case "pull_request":
                return _pulled(msgspec.json.decode(body, type=_Pulled))
            case _:
                return None
    except UNREADABLE as error:
        raise UnreadableHookError(f"This is no {event} event of GitHub: {error}.") from None


def _push(sent: _Push) -> Push | None:
    if not sent.ref.startswith("refs/heads/"):
        return None
    name = clean(sent.repository.full_name)[:200]
    return Push(_host(sent.repository), tuple(commit(one, name) for one in sent.commits))


def _pulled(sent: _Pulled) -> Pulled | None:
    if sent.action not in WANTED:
        return None
    said = sent.pull_request
    # Before the merge it is the hash of a trial merge, which is in no release.
    merged = said.merge_commit_sha if said.merged else ""
    found = PullRequest(
        key=str(said.number),
        title=clean(said.title)[:500],
        message=clean(said.body or ""),
        author_name=clean(said.user.login if said.user else "")[:200],
        merge_commit=clean(merged or "")[:64],
        url=clean(said.html_url)[:500],
        is_open=said.state == "open",
    )
    return Pulled(_host(sent.repository), found)


def _host(sent: _Repository) -> Host:
    return Host(PROVIDER, clean(sent.full_name)[:200], str(sent.id)[:64], clean(sent.html_url)[:500])
