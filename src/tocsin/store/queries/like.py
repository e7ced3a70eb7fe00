"""Text that fits a pattern, in any case: the one comparison that both databases make quickly."""

from typing import Any

from django.db.models import CharField, Lookup

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


def like(pattern: Pattern) -> str:
    """A whole value that fits the pattern."""
    return "%".join(_literal(piece) for piece in pattern.pieces)


def containing(words: str) -> str:
    """A text with these words somewhere in it."""
    return f"%{_literal(words)}%"


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
