"""Batches of bodies in Redis, each lent to one worker at a time and taken off once it is done.

A queue of Redis forgets what it hands over: a worker that dies before it reads the reply takes the message along.
Here a batch stays where it is and is lent by a script, in one step; a worker that died gives it back by letting its
time run out. What goes over the queue itself says only that something is here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

# Seconds: longer than a worker tries while the database is away (celery.HOLD) and then digests 100 bodies.
LEASE = 60.0
# As RabbitMQ 4: what so many workers died of is kept aside, for a person to look at.
MOST_TAKEN = 20

BATCHES, DUE, TAKEN, DEAD = "{tocsin}.batches", "{tocsin}.due", "{tocsin}.taken", "{tocsin}.dead"

# By the clock of Redis, the one that all nodes share; in microseconds, so that batches keep their order.
NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function at(moment) return string.format('%.0f', moment) end
"""
PUT = f"""{NOW}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 'NX', at(now), ARGV[1])
"""
TAKE = f"""{NOW}
local id = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', at(now), 'LIMIT', 0, 1)[1]
if not id then return nil end
if redis.call('HINCRBY', KEYS[3], id, 1) > tonumber(ARGV[2]) then
    redis.call('ZREM', KEYS[2], id)
    redis.call('SADD', KEYS[4], id)
    return {{id}}
end
redis.call('ZADD', KEYS[2], at(now + ARGV[1] * 1000000), id)
return {{id, redis.call('HGET', KEYS[1], id)}}
"""
GIVE_BACK = f"""{NOW}
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[2], 'XX', at(now), ARGV[1])
"""
FORGET = """
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
"""


@dataclass(frozen=True, slots=True)
class Lent:
    """One batch, ours until its lease ends; `content` is None for one that was just put aside."""

    id: str
    content: bytes | None


class Shelf:
    """Raises what redis-py raises while Redis is away; whatever is called again then does no harm."""

    def __init__(self, client: Callable[[], Any], *, lease: float | None = None) -> None:
        self._client = client
        self._lease = LEASE if lease is None else lease

    def put(self, content: bytes) -> None:
        """Redis has it once this returns: on its disk, where it is told to write before it answers."""
        self._run(PUT, uuid4().hex, content)

    def take(self) -> Lent | None:
        """The batch that waits longest; None when all are lent or done."""
        found = self._run(TAKE, self._lease, MOST_TAKEN)
        if found is None:
            return None
        id_, content = (*found, None)[:2]
        return Lent(id_.decode(), content)

    def give_back(self, lent: Lent) -> None:
        """It could not be done now, and nobody died of it."""
        self._run(GIVE_BACK, lent.id)

    def forget(self, lent: Lent) -> None:
        """It is done."""
        self._run(FORGET, lent.id)

    def _run(self, script: str, *arguments: Any) -> Any:
        return self._client().register_script(script)(keys=[BATCHES, DUE, TAKEN, DEAD], args=arguments)
