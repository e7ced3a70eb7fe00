"""The tags of issues, as a digested batch adds to them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tocsin.store.db import execute, execute_many, given, held, rows, rows_given

Tag = tuple[int, str, str]  # project, key, value
NONE: Mapping[Tag, int] = MappingProxyType({})


def tagged(fresh: Sequence[tuple[int, int, str, str]], known: Mapping[Tag, int] = NONE) -> dict[Tag, int]:
    """Issues have had tags: (issue, project, key, value), each named once. The ids of the tags that were not known;
    three statements, one where all were."""
    fresh = [(issue, project, held(key), held(value)) for issue, project, key, value in fresh]
    found = _ids(sorted({one[1:] for one in fresh if one[1:] not in known}))
    if fresh:
        sql = (
            "INSERT INTO store_issuetag (issue_id, tag_id) SELECT issue, tag"  # noqa: S608 — names from the code
            f" FROM {rows_given(issue='bigint', tag='bigint')} AS wanted WHERE true ON CONFLICT DO NOTHING"
        )
        execute(sql, [given([(one[0], found.get(one[1:]) or known[one[1:]]) for one in fresh])])
    return found


def _ids(wanted: Sequence[Tag]) -> dict[Tag, int]:
    """The tags' ids, made if they are new; none for none."""
    if not wanted:
        return {}
    execute_many(
        "INSERT INTO store_tag (project_id, key, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", wanted
    )
    sql = (
        "SELECT tag.project_id, tag.key, tag.value, tag.id"  # noqa: S608 — names from the code
        f" FROM {rows_given(project='bigint', key='text', value='text')} AS wanted"
        " CROSS JOIN store_tag AS tag"
        " WHERE tag.project_id = wanted.project AND tag.key = wanted.key AND tag.value = wanted.value"
    )
    return {(project, key, value): pk for project, key, value, pk in rows(sql, [given(wanted)])}
