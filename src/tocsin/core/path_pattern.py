"""The patterns of a CODEOWNERS file, which are nearly those of .gitignore (behaviour §4.4).

A pattern is compared folder by folder, and `*` stays within one; `**` between slashes is any number of folders.
Without a slash before its end a pattern fits at any depth. What names a folder takes all beneath it, `dir/*` only
what lies in it directly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.glob import Glob, Words, glob

_ANY_DEPTH = "**"
_EVERYTHING = frozenset({"*", "**", "/**"})


@dataclass(frozen=True, slots=True)
class PathPattern:
    """Runs of folders that follow each other; between two runs any number of folders may lie.

    `anchored`: the first run begins the path. `beneath`: at least so many names follow the last run.
    `ends`: nothing does.
    """

    runs: tuple[tuple[Glob, ...], ...]
    anchored: bool
    beneath: int
    ends: bool
    words: Words

    @property
    def rate(self) -> int:
        """Nanoseconds or so that a character of a path costs at most; one run at the beginning is tried once."""
        globs = sum(map(len, self.runs))
        return 10 + globs * (1 if self.anchored and len(self.runs) == 1 else 60)

    def matches(self, names: Sequence[str]) -> bool:
        """Whether a path, as its names in order (see `names_of`), is owned by this pattern."""
        reached = 0
        last = len(self.runs) - 1
        for number, run in enumerate(self.runs):
            if number == last and self.ends:
                reached = self._at_the_end(run, names, reached, fixed=self.anchored and number == 0)
            elif number == 0 and self.anchored:
                reached = len(run) if _fits(run, names, 0) else -1
            else:
                reached = _first(run, names, reached)
            if reached < 0:
                return False
        return len(names) - reached >= self.beneath

    @staticmethod
    def _at_the_end(run: tuple[Glob, ...], names: Sequence[str], reached: int, *, fixed: bool) -> int:
        start = len(names) - len(run)
        if start < reached or (fixed and start != 0) or not _fits(run, names, start):
            return -1
        return len(names)


def path_pattern(pattern: str) -> PathPattern:
    """A pattern made ready; case counts, as it does for Git."""
    names = [name for name in pattern.split("/") if name]
    if not names or pattern in _EVERYTHING:
        return PathPattern((), anchored=False, beneath=1, ends=False, words=Words())
    anchored = "/" in pattern.rstrip("/") and names[0] != _ANY_DEPTH
    beneath = pattern.endswith("/") or names[-1] == _ANY_DEPTH
    runs = _runs(names)
    return PathPattern(
        runs,
        anchored=anchored,
        beneath=int(beneath),
        ends=pattern.endswith("/*"),
        words=_words([one for run in runs for one in run]),
    )


def names_of(path: str) -> list[str]:
    """The folders and the file of a path; a slash before or after it, or two in a row, change nothing."""
    return [name for name in path.replace("\\", "/").split("/") if name]


def _runs(names: list[str]) -> tuple[tuple[Glob, ...], ...]:
    runs: list[list[Glob]] = [[]]
    for name in names:
        if name == _ANY_DEPTH:
            runs.append([])
        else:
            runs[-1].append(glob(name))
    return tuple(tuple(run) for run in runs if run)


def _fits(run: tuple[Glob, ...], names: Sequence[str], start: int) -> bool:
    if start + len(run) > len(names):
        return False
    for offset, one in enumerate(run):  # noqa: SIM110 — any() would make a generator for each path of each rule
        if not one.matches(names[start + offset]):
            return False
    return True


def _first(run: tuple[Glob, ...], names: Sequence[str], start: int) -> int:
    """Where the first place that fits ends, or -1."""
    for place in range(start, len(names) - len(run) + 1):
        if _fits(run, names, place):
            return place + len(run)
    return -1


def _words(globs: list[Glob]) -> Words:
    return Words(
        tuple(word for one in globs for word in one.words.whole),
        tuple(part for one in globs for part in one.words.parts),
    )
