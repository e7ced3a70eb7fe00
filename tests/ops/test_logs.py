"""Log lines as machines and people read them."""

import json
import logging
import logging.config
from collections.abc import Callable, Iterator

import pytest
import structlog

from tocsin.ops import logs


@pytest.fixture
def configured() -> Iterator[Callable[[str, str], None]]:
    """Sets the logs up as asked, and as they were afterwards."""
    before = structlog.get_config()
    root, ours = logging.getLogger(), logging.getLogger("tocsin")
    handlers, level, own_level = root.handlers[:], root.level, ours.level

    def configure(form: str, level: str = "info") -> None:
        logging.config.dictConfig(logs.configure(form, level))

    yield configure
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    ours.setLevel(own_level)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.strip()


def test_a_json_line_has_its_words_its_level_its_logger_and_its_time(configured, capsys):
    configured("json")

    structlog.get_logger("tocsin.firing").info("fired", event_id="e1", rules=[3])

    line = json.loads(said(capsys))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "fired", "event_id": "e1", "rules": [3], "level": "info", "logger": "tocsin.firing"}


def test_lines_of_the_standard_library_carry_the_ids_that_are_bound(configured, capsys):
    configured("json")

    with structlog.contextvars.bound_contextvars(event_id="e1"):
        logging.getLogger("tocsin.anything").warning("Of %s", "that")

    line = json.loads(said(capsys))
    assert (line["event"], line["event_id"], line["logger"]) == ("Of that", "e1", "tocsin.anything")


def test_an_exception_is_in_the_line_without_the_values_of_its_variables(configured, capsys):
    configured("json")

    def trips(secret: str) -> int:
        return len(secret) // 0

    try:
        trips("-".join(["hush"] * 2))
    except ZeroDivisionError:
        logging.getLogger("tocsin").exception("It went wrong.")

    line = said(capsys)
    assert "ZeroDivisionError" in json.loads(line)["exception"]
    assert "hush-hush" not in line


def test_a_line_for_people_is_one_line(configured, capsys):
    configured("text")

    structlog.get_logger("tocsin.attempt").warning("refused", delivery="k1", reason="no\n2026 INFO all is well")

    line = said(capsys)
    assert "WARNING tocsin.attempt: refused delivery=k1 reason=no" in line
    assert "\n" not in line


def test_what_is_beneath_the_level_is_not_written(configured, capsys):
    configured("text", "warning")

    structlog.get_logger("tocsin.digest").info("digested")
    logging.getLogger("tocsin").info("digested")

    assert said(capsys) == ""
