"""The tags that issues are counted with: what is new of them is written, at most four statements a batch.

Nearly every tag has been seen before, so what each issue is known to have had is remembered in memory: an event
costs one look into a set for each of its tags. What is new to an issue is seldom new to its project: the ids of
those are remembered too.
"""

from collections.abc import Collection, Iterable, Mapping

from tocsin.core.tags import Known, Pair
from tocsin.store.db import after_commit
from tocsin.store.queries import tags as queries
from tocsin.store.writes import tags as writes
from tocsin.store.writes.tags import Tag

ISSUES_REMEMBERED = 2_000  # some 5 kB each

IDS_REMEMBERED = 20_000  # some 250 bytes each

_known: dict[int, Known] = {}
_ids: dict[Tag, int] = {}


def remember(seen: Iterable[tuple[int, int, tuple[Pair, ...]]], opened: Collection[int] = ()) -> None:
    """Keeps what is new among (issue, project, tags); `opened` are the issues that have had none."""
    missed = [one for one in seen if (known := _known.get(one[0])) is None or known.learns_from(one[2])]
    if not missed:
        return
    # Worked out on copies: what is not committed is not known.
    ids = {issue for issue, _, _ in missed}
    copies = {issue: Known(_known[issue].pairs) for issue in ids if issue in _known}
    copies |= {issue: Known() for issue in ids.intersection(opened)}
    copies |= {issue: Known(pairs) for issue, pairs in queries.of_issues(ids - copies.keys()).items()}
    fresh = [
        (issue, project, key, value) for issue, project, tags in missed for key, value in copies[issue].fresh(tags)
    ]
    found = writes.tagged(fresh, _ids)
    after_commit(lambda: _learn(copies, found))


def _learn(copies: dict[int, Known], found: Mapping[Tag, int]) -> None:
    if len(_ids) + len(found) > IDS_REMEMBERED:
        _ids.clear()
    _ids.update(found)
    for issue, known in copies.items():
        _known.pop(issue, None)
        _known[issue] = known
    while len(_known) > ISSUES_REMEMBERED:
        del _known[next(iter(_known))]
