"""What GitLab tells of a project: pushes (20 commits of one at most) and merge requests. Other events are left
aside."""

import msgspec

from tocsin.core.code import Host, Pulled, PullRequest, Push
from tocsin.formats.release import clean, email
from tocsin.formats.release_hooks import UNREADABLE, Author, SentCommit, UnreadableHookError, commit

PROVIDER = "gitlab"


class _Project(msgspec.Struct):
    id: int
    path_with_namespace: str
    web_url: str = ""


class _Push(msgspec.Struct):
    ref: str
    project: _Project
    commits: list[SentCommit] = []


class _MergeRequest(msgspec.Struct):
    iid: int
    title: str
    state: str
    url: str = ""
    description: str | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None


class _Merged(msgspec.Struct):
    project: _Project
    object_attributes: _MergeRequest
    user: Author | None = None


def read(event: str, body: bytes) -> Push | Pulled | None:
    """What a body says; `event` is the header X-Gitlab-Event. None for what we have no use for.

    Raises UnreadableHookError.
    """
    try:
        match event:
            case "Push Hook":
                return _push(msgspec.json.decode(body, type=_Push))
            case "Merge Request Hook":
                return _merged(msgspec.json.decode(body, type=_Merged))
            case _:
                return None
    except UNREADABLE as error:
        raise UnreadableHookError(f"This is no {event} of GitLab: {error}.") from None


def _push(sent: _Push) -> Push | None:
    if not sent.ref.startswith("refs/heads/"):
        return None
    name = clean(sent.project.path_with_namespace)[:200]
    return Push(_host(sent.project), tuple(commit(one, name) for one in sent.commits))


def _merged(sent: _Merged) -> Pulled:
    said, user = sent.object_attributes, sent.user or Author()
    merged = (said.merge_commit_sha or said.squash_commit_sha) if said.state == "merged" else ""
    found = PullRequest(
        key=str(said.iid),
        title=clean(said.title)[:500],
        message=clean(said.description or ""),
        author_name=clean(user.name or "")[:200],
        # Whoever acted last, who is not the author of what another one merges.
        author_email=email(user.email or "") if said.state == "opened" else "",
        merge_commit=clean(merged or "")[:64],
        url=clean(said.url)[:500],
        is_open=said.state == "opened",
    )
    return Pulled(_host(sent.project), found)


def _host(sent: _Project) -> Host:
    return Host(PROVIDER, clean(sent.path_with_namespace)[:200], str(sent.id)[:64], clean(sent.web_url)[:500])
