"""Comparisons in words that both databases make quickly: text that fits a pattern or has words in it, in any case,
and a column as SQLite reads it without its index."""

from typing import Any

from django.db.models import CharField, Func, Lookup

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


@CharField.register_lookup
class Says(Lookup):
    """`column__says=words`: they stand somewhere in it.

    PostgreSQL folds text by its locale at 2 µs a text, and ASCII alone, like SQLite, at 0.4 µs: all that words in
    ASCII need.
    """

    lookup_name = "says"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql" and self.rhs.isascii():
            return f'strpos(lower({left} COLLATE "C"), {right}) > 0', (*left_values, self.rhs.lower())
        operator = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
        words = (f"%{_literal(str(one))}%" for one in right_values)
        return f"{left} {operator} {right} ESCAPE '\\'", (*left_values, *words)


class Plain(Func):
    """A column that SQLite reads row by row: it knows no statistics, and the index it would choose takes ten times
    as long where many rows fit. PostgreSQL, which knows, is left to choose."""

    arity = 1
    template = "+%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="%(expressions)s", **more)


def like(pattern: Pattern) -> str:
    """A whole value that fits the pattern."""
    return "%".join(_literal(piece) for piece in pattern.pieces)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
