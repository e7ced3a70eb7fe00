"""Whether an event carries a tag: tags are a JSON list of pairs, which each database reads its own way."""

from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from tocsin.store.models import Event


class _HasTag(Func):
    output_field = BooleanField()
    arity = 3

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:  # noqa: ARG002 — Django's signature
        return self._written(
            compiler,
            "EXISTS (SELECT 1 FROM json_each({}) AS pair "
            "WHERE json_extract(pair.value, '$[0]') = {} AND json_extract(pair.value, '$[1]') = {})",
        )

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:  # noqa: ARG002 — Django's signature
        # Containment alone would ignore the order within a pair, and what else is in it.
        return self._written(
            compiler,
            "EXISTS (SELECT 1 FROM jsonb_array_elements({}) AS pair "
            "WHERE pair = jsonb_build_array({}::text, {}::text))",
        )

    def _written(self, compiler: SQLCompiler, sql: str) -> tuple[str, list[Any]]:
        parts: list[str] = []
        parameters: list[Any] = []
        for expression in self.get_source_expressions():
            part, values = compiler.compile(expression)
            parts.append(part)
            parameters.extend(values)
        return sql.format(*parts), parameters


def has_tag(events: QuerySet[Event], key: str, value: str) -> QuerySet[Event]:
    """The events among these with exactly this tag."""
    return events.filter(_HasTag(F("tags"), Value(key), Value(value)))
