"""How work is written down for a broker."""

from kombu.serialization import dumps, loads

from tocsin.engine import wire
from tocsin.engine.celery import make_app


def test_bytes_stay_bytes():
    wire.teach()
    said = [[[1, 7, 1.5, "envelope", "gzip", "a" * 32, "", b"\x1f\x8b\xff"]]]

    content_type, encoding, written = dumps(said, serializer=wire.NAME)

    assert loads(written, content_type, encoding, accept=[wire.CONTENT_TYPE]) == said


def test_nothing_is_ever_unpickled():
    assert make_app("memory://").conf.accept_content == [wire.NAME]
