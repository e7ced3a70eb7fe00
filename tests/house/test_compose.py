"""The deployment of several nodes names only what there is."""

import re
from pathlib import Path

from tocsin.engine.celery import QUEUES
from tocsin.ops.main import COMMANDS
from tocsin.ops.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text()
SCALE = (ROOT / "docs/scale.md").read_text()


def test_each_setting_in_compose_is_one():
    named = set(re.findall(r"^ +TOCSIN_(\w+):", COMPOSE, re.MULTILINE))

    assert {"DATABASE_URL", "BROKER_URL", "SECRET_KEY", "URL"} <= named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_each_command_in_compose_is_one():
    named = re.findall(r'command: \["([\w-]+)"', COMPOSE)

    assert sorted(named) == ["beat", "web", "worker"]
    assert set(named) <= set(COMMANDS)


def test_each_queue_that_the_page_about_growing_names_is_one():
    named = {name for names in re.findall(r"--queues ([\w,]+)", SCALE) for name in names.split(",")}

    assert named == set(QUEUES)
