"""A database that refuses a row, as a bug in a statement or a power cut would: by a trigger, on either database."""

from django.db import connection

_SQLITE = "CREATE TRIGGER refused BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{reason}'); END"
_POSTGRESQL = (
    "CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{reason}'; END $$;"
    "CREATE TRIGGER refused BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refused()"
)


def refuse(table: str, reason: str, when: str = "1 = 1") -> None:
    """From now on an insert into the table fails with the reason, for the rows (NEW) that `when` is true of."""
    sql = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=table, reason=reason, when=when))
