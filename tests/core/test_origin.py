"""Which connections believe what is said in a service's name."""

from dataclasses import dataclass

import pytest

from tocsin.core.fields import secret, text
from tocsin.core.origin import Origin, operators


@dataclass(frozen=True)
class Settings:
    url: str = text("Address", environment="BELL_URL")
    key: str = secret("Key", default="", environment="BELL_KEY")
    name: str = text("Name")


BELL = Origin(address="url", signed_with="key")
OPERATORS = {"BELL_URL": "https://bell.test", "BELL_KEY": "theirs"}


@pytest.mark.parametrize(
    ("stored", "signed_with", "believed"),
    [
        pytest.param({"key": "own"}, "own", True, id="its own secret speaks for a connection"),
        pytest.param({"key": "own"}, "theirs", False, id="one with its own secret believes no other"),
        pytest.param({}, "theirs", True, id="the operator's speaks for one without"),
        pytest.param({}, "own", False, id="a stranger's speaks for none"),
        pytest.param({"url": "https://bell.test"}, "theirs", True, id="at the operator's address too"),
        pytest.param({"url": "https://else.test"}, "theirs", False, id="not where another address says who it is"),
        pytest.param({"url": "https://else.test", "key": "own"}, "own", True, id="its own does there too"),
        pytest.param({"url": "https://else.test", "key": ""}, "", False, id="an empty secret is none"),
    ],
)
def test_a_connection_believes(stored: dict[str, str], signed_with: str, *, believed: bool) -> None:
    assert BELL.believes(Settings, stored, OPERATORS, lambda secret: secret == signed_with) is believed


def test_what_nobody_keeps_has_signed_nothing() -> None:
    def anything(_: str) -> bool:
        return True

    assert not BELL.believes(Settings, {}, {}, anything)
    assert not BELL.is_operators(Settings, {"BELL_KEY": ""}, anything)


def test_what_the_operator_sets_is_found_by_the_settings_own_name() -> None:
    assert operators(Settings, "url", OPERATORS) == "https://bell.test"


@pytest.mark.parametrize("name", ["name", "nothing"])
def test_a_setting_without_an_environment_is_not_the_operators(name: str) -> None:
    assert not operators(Settings, name, {**OPERATORS, "": "who asks for nothing"})
