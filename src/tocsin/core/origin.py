"""How a service itself is told from whoever speaks in its name: by where it is asked, and by how it signs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.fields import specs


@dataclass(frozen=True, slots=True)
class Origin:
    """Which of a provider's settings say so, by name: `address` is where its API is asked, empty for its own, and
    `signed_with` the secret of its signatures. What the operator sets instead is in the environment that each of
    them names."""

    address: str
    signed_with: str

    def is_usual(self, declared: type[Any], stored: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
        """Whether a connection is asked at the service's own address, or the operator's: any other could say
        anything of anybody."""
        return str(stored.get(self.address) or "") in ("", operators(declared, self.address, environ))

    def believes(
        self,
        declared: type[Any],
        stored: Mapping[str, Any],
        environ: Mapping[str, str],
        signed_by: Callable[[str], bool],
    ) -> bool:
        """Whether a connection may believe what was signed. Its own secret speaks for it alone; where it has none
        the operator's does, for an account that the service itself named. What nobody keeps has signed nothing."""
        if own := str(stored.get(self.signed_with) or ""):
            return signed_by(own)
        return self.is_usual(declared, stored, environ) and self.is_operators(declared, environ, signed_by)

    def is_operators(
        self, declared: type[Any], environ: Mapping[str, str], signed_by: Callable[[str], bool]
    ) -> bool:
        """Whether the operator's secret signed it."""
        secret = operators(declared, self.signed_with, environ)
        return bool(secret) and signed_by(secret)


def operators(declared: type[Any], name: str, environ: Mapping[str, str]) -> str:
    """What the operator set for a setting; "" for nothing."""
    variable = next((spec.environment for field, spec, _ in specs(declared) if field == name), "")
    return environ.get(variable, "") if variable else ""
