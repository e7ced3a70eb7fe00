"""What was entered in a modal.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Iterator, Mapping
from typing import Any


def answers(state: Any) -> dict[str, str]:
    """What was entered, as text, by the name of each input; nothing for what was left empty, or is none of ours."""
    values = state.get("values") if isinstance(state, Mapping) else None
    return dict(_entered(values)) if isinstance(values, Mapping) else {}


def _entered(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, block in values.items():
        one = block.get(name) if isinstance(block, Mapping) else None
        if isinstance(one, Mapping):
            chosen = one.get("selected_option")
            given = chosen.get("value") if isinstance(chosen, Mapping) else one.get("value")
            moment = one.get("selected_date_time")
            if isinstance(moment, int) and not isinstance(moment, bool):
                given = str(moment)
            if isinstance(given, str):
                yield str(name), given
