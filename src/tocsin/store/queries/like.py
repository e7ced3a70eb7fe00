"""Comparisons in words that both databases make quickly: text that fits a pattern or has words in it, in any case,
and a column as SQLite reads it without its index."""

from typing import Any

from django.db.models import BooleanField, CharField, Func, Lookup

from tocsin.core.search import Pattern


@CharField.register_lookup
class Like(Lookup):
    """`column__like=pattern`; % and _ are wildcards, a backslash escapes them. SQLite folds ASCII alone."""

    lookup_name = "like"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        operator = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
        return f"{left} {operator} {right} ESCAPE '\\'", (*left_values, *right_values)


class Says(Func):
    """Words stand somewhere in one of the columns, in any case: a condition.

    PostgreSQL folds text by its locale at 2 µs a text, and ASCII alone, like SQLite, at 0.4 µs: all that words in
    ASCII need. It begins each search of a text by preparing for it, so the columns are searched as one.
    """

    output_field = BooleanField()

    def __init__(self, words: str, *columns: str) -> None:
        super().__init__(*columns)
        self.words = words

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[str, ...]]:
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        is_postgresql = connection.vendor == "postgresql"
        if is_postgresql and self.words.isascii():
            text = " || chr(10) || ".join(columns)
            return f'strpos(lower(({text}) COLLATE "C"), %s) > 0', (self.words.lower(),)
        operator = "ILIKE" if is_postgresql else "LIKE"
        said = " OR ".join(f"{column} {operator} %s ESCAPE '\\'" for column in columns)
        return f"({said})", (f"%{_literal(self.words)}%",) * len(columns)


class Plain(Func):
    """A column that SQLite reads row by row: it knows no statistics, and the index it would choose takes ten times
    as long where many rows fit. PostgreSQL, which knows, is left to choose."""

    arity = 1
    template = "+%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="%(expressions)s", **more)


class Sorted(Func):
    """A column to sort by without its index: both databases, told of a limit, would walk along it to the end where
    few rows fit, and reads along an index are scattered."""

    arity = 1
    template = "+%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="GREATEST(%(expressions)s)", **more)


def like(pattern: Pattern) -> str:
    """A whole value that fits the pattern."""
    return "%".join(_literal(piece) for piece in pattern.pieces)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
