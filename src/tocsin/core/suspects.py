"""Which commit most likely broke it: the one that last touched the innermost of the application's own calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.event import Frame

FRAMES = 10  # own calls, from the innermost: further out, a change is ever less likely the cause
SHORT_HASH = 12
_EXTENSIONS = {"java": (".java", ".kt", ".scala", ".groovy"), "csharp": (".cs",)}


@dataclass(frozen=True, slots=True)
class Touched:
    """A commit that changed a file; `author` is whoever asks for it knows them by."""

    commit: str
    path: str
    author: str
    date: datetime


@dataclass(frozen=True, slots=True)
class SuspectCommit:
    """A commit as an alert names it: its hash, who made it, the first line of its message, and where the
    repository's host shows it. All but the hash are "" where they are not known."""

    key: str
    author: str = ""
    subject: str = ""
    url: str = ""

    def __str__(self) -> str:
        made = ", ".join(part for part in (self.author, self.key[:SHORT_HASH]) if part)
        return f"{made}: {self.subject}" if self.subject else made


def commit_url(repository_url: str, provider: str, key: str) -> str:
    """Where the host shows a commit; "" for a repository that only has a name."""
    base = repository_url.rstrip("/")
    if not base.startswith(("https://", "http://")) or provider not in ("github", "gitlab"):
        return ""
    return f"{base}/-/commit/{key}" if provider == "gitlab" else f"{base}/commit/{key}"


def own_paths(frames: Sequence[Frame], platform: str = "") -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each of the application's own calls, the innermost first: the paths that its file may have in the
    repository, in parts and lower case."""
    own = [frame for frame in reversed(frames) if frame.in_app][:FRAMES]
    found: dict[tuple[tuple[str, ...], ...], None] = {}
    for frame in own:
        paths = tuple(dict.fromkeys(parts for text in _spellings(frame, platform) if (parts := _parts(text))))
        if paths:
            found[paths] = None
    return tuple(found)


def names(calls: Iterable[Iterable[tuple[str, ...]]]) -> set[str]:
    """The names of the files, by which commits are found."""
    return {path[-1] for paths in calls for path in paths}


def suspect(calls: Sequence[Sequence[tuple[str, ...]]], touched: Sequence[Touched]) -> Touched | None:
    """The commit to suspect, or None. The innermost call that any commit touched decides; of the files that its
    path may mean the one that agrees furthest, and of that one's commits the last."""
    for paths in calls:
        best = max(
            (
                (depth, one.date, one.commit, one)
                for one in touched
                if (depth := _agreement(paths, _parts(one.path)))
            ),
            default=None,
        )
        if best is not None:
            return best[3]
    return None


def _agreement(paths: Iterable[tuple[str, ...]], path: tuple[str, ...]) -> int:
    """How many last parts of the paths are the same; 0 where that says nothing.

    A lone `utils.py` is in every repository many times: two parts have to agree, unless that is all there is.
    """
    return max((_common(one, path) for one in paths), default=0)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    depth = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        depth += 1
    return depth if depth > 1 or (depth == 1 and len(one) == len(other) == 1) else 0


def _spellings(frame: Frame, platform: str) -> Iterable[str]:
    # The JVM and .NET name a file alone; where it lies is in the name of the class.
    for extension in _EXTENSIONS.get(platform, ()):
        if frame.module:
            outer = frame.module.partition("$")[0]
            yield outer.replace(".", "/") + extension
    yield frame.filename
    yield frame.abs_path


def _parts(path: str) -> tuple[str, ...]:
    path = path.replace("\\", "/").partition("?")[0]
    scheme, found, rest = path.partition("://")
    path = rest if found and scheme.isalpha() else path
    return tuple(part for part in path.lower().split("/") if part not in ("", ".", "..", "~"))
