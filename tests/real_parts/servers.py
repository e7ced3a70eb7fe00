"""The database and the broker that several machines share, as they run on this one."""

import functools
import os
import shutil
import socket
import sys

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


if __name__ == "__main__":  # script/test asks for a database of this name
    found = postgresql()
    print(found.format(name=sys.argv[1]) if found else "")
