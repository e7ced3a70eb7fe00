"""A backlog by the million: what one queued delivery looks like, multiplied by the database itself."""

from bench.kit.outbox import Workspace, queue

LANES = 10_000


def grow(to: Workspace, deliveries: int, lanes: int = LANES) -> None:
    """So many more deliveries of a workspace wait in so many lanes, all of them due.

    Without fsync, and the indexes are made when the rows are there: that takes a third of the time.
    """
    from django.db import connection

    queue(to, range(1), 1)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'store_delivery' AND sql > ''"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(_LANES, [lanes, to.integration])
        cursor.execute(_deliveries(), [-(-deliveries // lanes), to.integration])
        for _, sql in indexes:
            cursor.execute(sql)
        cursor.execute("PRAGMA synchronous = FULL")


_NUMBERS = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %s)"
_LANES = (
    f"{_NUMBERS} INSERT INTO store_lane (name, integration_id, ready_at, busy_by, broken)"
    " SELECT 'slack:' || integration_id || ':B' || n, integration_id, ready_at, '', ''"
    " FROM (SELECT * FROM store_lane WHERE integration_id = %s AND ready_at > '' LIMIT 1), number"
)


def _deliveries() -> str:
    from tocsin.store.models import Delivery

    own = {
        "lane_id": "lane.id",
        "key": "printf('%%032x', n * 10000000 + lane.id)",
        "conversation": "'issue:' || n",
        "address": "json_object('channel', '#' || lane.id, 'channel_id', 'B' || lane.id)",
    }
    columns = [str(field.column) for field in Delivery._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    chosen = ", ".join(own.get(name, f"one.{name}") for name in columns)
    return (
        f"{_NUMBERS} INSERT INTO store_delivery ({', '.join(columns)}) SELECT {chosen}"
        " FROM (SELECT * FROM store_delivery WHERE integration_id = %s ORDER BY id DESC LIMIT 1) AS one, number"
        " JOIN store_lane AS lane ON lane.integration_id = one.integration_id"
    )
