"""The tags of issues, as a digested batch adds to them."""

from collections.abc import Sequence

from tocsin.store.db import ROWS_AT_ONCE, execute_many, rows, values


def tagged(fresh: Sequence[tuple[int, int, str, str]]) -> None:
    """Issues have had tags: (issue, project, key, value), each named once. Two statements per 500."""
    execute_many(
        "INSERT INTO store_tag (project_id, key, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        sorted({one[1:] for one in fresh}),
    )
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        part = fresh[start : start + ROWS_AT_ONCE]
        rows(_TAGGED.format(values(4, len(part))), [column for one in part for column in one])


_TAGGED = """
WITH wanted(issue_id, project_id, key, value) AS (VALUES {})
INSERT INTO store_issuetag (issue_id, tag_id)
SELECT wanted.issue_id, store_tag.id FROM wanted JOIN store_tag
ON store_tag.project_id = wanted.project_id AND store_tag.key = wanted.key AND store_tag.value = wanted.value
WHERE true ON CONFLICT DO NOTHING RETURNING issue_id
"""
