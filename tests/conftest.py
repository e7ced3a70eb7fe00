"""What all tests share: the marker that names the real programs a test needs."""

pytest_plugins = ["tests.real_parts.plugin"]
