"""What a rule of a project can be made of: conditions, filters and actions with their form fields."""

from collections.abc import Sequence
from typing import Any

from tocsin.core.fields import Kind, Spec, specs
from tocsin.core.registry import Catalogue, Condition, Phase, Provider, RuleAction
from tocsin.core.rule_words import whole
from tocsin.store.queries.integrations import Connected

FIELD_TYPES = {
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choices",
}


def configuration(catalogue: Catalogue, connected: Sequence[Connected]) -> dict[str, Any]:
    """By the phase of a rule; an action is enabled once an integration of its provider is connected."""
    conditions = catalogue.conditions.values()
    return {
        "conditions": [_condition(one) for one in conditions if one.phase is Phase.WHEN],
        "filters": [_condition(one) for one in conditions if one.phase is Phase.IF],
        "actions": [
            _action(provider, provider.action, connected)
            for provider in catalogue.providers.values()
            if provider.action
        ],
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "id": condition.ids[0],
        "label": whole(condition),
        "prompt": condition.label or whole(condition),
        "enabled": True,
        "formFields": {name: _field(spec, required) for name, spec, required in specs(condition.options)},
    }


def _action(provider: Provider, action: RuleAction, connected: Sequence[Connected]) -> dict[str, Any]:
    choices = [[str(one.id), one.name] for one in connected if one.provider == provider.slug]
    fields = {name: _field(spec, required) for name, spec, required in specs(action.options)}
    if action.integration:
        fields[action.integration] |= {"type": "choice", "choices": choices}
    return {
        "id": action.ids[0],
        "label": whole(action),
        "prompt": action.label or whole(action),
        "enabled": bool(choices) or not action.integration,
        "formFields": fields,
    }


def _field(spec: Spec, required: bool) -> dict[str, Any]:
    field: dict[str, Any] = {
        "type": FIELD_TYPES.get(spec.kind, "string"),
        "label": spec.label,
        "placeholder": spec.placeholder,
        "required": required,
    }
    if spec.choices:
        field["choices"] = [list(choice) for choice in spec.choices]
    return field
