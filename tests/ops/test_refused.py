"""The door's count of refused events reaches the database."""

from collections import Counter

from tocsin.ops.refused import Refused


async def test_what_was_refused_is_written_once():
    counts, kept = Counter({"a": 2}), []
    refused = Refused(counts, kept.append)

    await refused.write()
    await refused.write()

    assert kept == [{"a": 2}]
    assert not counts


async def test_what_is_refused_meanwhile_is_written_next_time():
    counts, kept = Counter({"a": 2}), []

    def keep(written):
        kept.append(written)
        counts.update({"a": 1} if len(kept) == 1 else {})

    refused = Refused(counts, keep)
    await refused.write()
    await refused.write()

    assert kept == [{"a": 2}, {"a": 1}]


async def test_what_cannot_be_written_waits():
    counts, kept = Counter({"a": 2}), []
    answers = [RuntimeError("the database is away"), None]

    def keep(written):
        if answer := answers.pop(0):
            raise answer
        kept.append(written)

    refused = Refused(counts, keep)
    await refused.write()
    assert counts == {"a": 2}

    await refused.write()
    assert kept == [{"a": 2}]


async def test_the_last_is_written_when_the_front_stops():
    counts, kept = Counter({"a": 2}), []
    refused = Refused(counts, kept.append)
    refused.start()

    await refused.stop()

    assert kept == [{"a": 2}]
