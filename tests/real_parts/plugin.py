"""Tests that need a real program run where it is, and are counted where it is not.

Locally a test whose part is missing is deselected and the run ends by naming the part. With CI=true
it fails, so that a part nobody installed can't pass for a tested one.
"""

import os
from collections import Counter

import pytest

from tests.real_parts import PARTS

MISSING = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*parts): real programs that the test talks to, see tests/real_parts")
    config.stash[MISSING] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _everything_must_run():
        return
    missing = {item: parts for item in items if (parts := _missing(item))}
    for parts in missing.values():
        config.stash[MISSING].update(parts)
    if missing:
        config.hook.pytest_deselected(items=list(missing))
        items[:] = [item for item in items if item not in missing]


def pytest_runtest_setup(item: pytest.Item) -> None:
    parts = _missing(item)
    if parts:
        pytest.fail(f"part missing: {', '.join(parts)}; run script/services", pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Under xdist only the workers collect, and all collect the same.
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["missing_parts"] = dict(session.config.stash[MISSING])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    told = getattr(node, "workeroutput", {}).get("missing_parts", {})
    node.config.stash[MISSING] = Counter(told)


def pytest_unconfigure(config: pytest.Config) -> None:
    # Below pytest's own closing line: it is the last thing that a person reads.
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workeroutput"):
        return
    for part, count in sorted(config.stash[MISSING].items()):
        reporter.write_line(f"Not run, part missing: {part} ({count} test{'s'[: count != 1]}); see script/services")


def _everything_must_run() -> bool:
    return os.environ.get("CI") == "true"


def _missing(item: pytest.Item) -> list[str]:
    named = [part for marker in item.iter_markers("needs") for part in marker.args]
    unknown = [part for part in named if part not in PARTS]
    if unknown:
        raise pytest.UsageError(f"{item.nodeid} needs {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    return [part for part in named if PARTS[part]() is None]
