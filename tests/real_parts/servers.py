"""The database and the broker that several machines share, as they run on this one."""

import functools
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POSTGRESQL = ("postgres:///{name}?host=/var/run/postgresql", "postgres://postgres@127.0.0.1:5432/{name}")


@functools.cache
def postgresql() -> str | None:
    """The URL of databases on a server where we may make some; `{name}` stands for the name."""
    return next((url for url in POSTGRESQL if _takes_us(url.format(name="postgres"))), None)


@functools.cache
def rabbitmq() -> str | None:
    """The program that makes virtual hosts on the RabbitMQ of this machine, where one answers at 5672."""
    with socket.socket() as probe:
        probe.settimeout(2)
        answers = probe.connect_ex(("127.0.0.1", 5672)) == 0
    return _program("rabbitmqctl") if answers else None


def redis() -> str | None:
    """The program that is a Redis; give it `--port N --save ""`."""
    return _program("redis-server")


def _takes_us(url: str) -> bool:
    try:
        import psycopg

        with psycopg.connect(url, connect_timeout=3) as connection:
            found = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except (ImportError, psycopg.Error):
        return False
    return bool(found and found[0])


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@contextmanager
def a_database(copy_of: str = "template1") -> Iterator[str]:
    """The URL of a PostgreSQL database: empty, or a copy of the one of that name, to which nobody is connected."""
    import psycopg

    template = postgresql()
    assert template
    name = f"tocsin_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(template.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')
    try:
        yield template.format(name=name)
    finally:
        with psycopg.connect(template.format(name="postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def a_rabbitmq() -> Iterator[str]:
    """The URL of an empty virtual host."""
    name = f"tocsin-{uuid.uuid4().hex[:12]}"
    _rabbitmqctl("add_vhost", name)
    _rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    try:
        yield f"amqp://guest:guest@127.0.0.1:5672/{name}"
    finally:
        _rabbitmqctl("delete_vhost", name)


def _rabbitmqctl(*words: str) -> None:
    program = rabbitmq()
    assert program
    subprocess.run([program, "-q", *words], check=True, capture_output=True, timeout=60)


class Redis:
    """A Redis of one's own, which keeps what it has said it has: also when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        program = redis()
        assert program
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{port}/0"
        where = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self._command = [program, *where, "--appendonly", "yes", "--appendfsync", "always"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert self._process.stdout
        while b"Ready to accept" not in (line := self._process.stdout.readline()):
            assert line, "redis-server has ended"

    def kill(self) -> None:
        """kill -9; nothing where none runs."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate(timeout=20)


@contextmanager
def a_redis_server(folder: Path) -> Iterator[Redis]:
    """An empty Redis that can be killed."""
    server = Redis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def a_redis(folder: Path) -> Iterator[str]:
    """The URL of an empty Redis."""
    with a_redis_server(folder) as server:
        yield server.url


if __name__ == "__main__":  # script/test asks for a database of this name
    found = postgresql()
    print(found.format(name=sys.argv[1]) if found else "")
