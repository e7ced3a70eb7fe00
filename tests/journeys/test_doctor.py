"""The doctor on an instance whose database is away: it says so, says what to do, and looks at the rest."""

import json
import os
import subprocess
import sys

import pytest

from tests.journeys.instance import PATIENCE, free_port

pytestmark = pytest.mark.journey


def test_a_database_that_does_not_answer_is_said_with_what_to_do(tmp_path):
    url = f"postgres://tocsin:secret-word@127.0.0.1:{free_port()}/tocsin"
    environment = {**os.environ, "TOCSIN_DATA": str(tmp_path / "data"), "TOCSIN_DATABASE_URL": url}

    command = [sys.executable, "-m", "tocsin.ops", "doctor", "--json"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=2 * PATIENCE, check=False
    )

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert "does not answer" in found["database"]["words"]
    assert found["database"]["todo"] == "Start it, or mend TOCSIN_DATABASE_URL."
    assert found["disk"]["state"] in ("good", "warn")
    assert "secret-word" not in done.stdout
