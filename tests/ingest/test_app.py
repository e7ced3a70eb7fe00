import asyncio
import base64
import json
import zlib

import pytest

from tests.ingest.door import (
    AUTH,
    DSN,
    EVENT,
    EVENT_ID,
    KEY,
    OTHER_KEY,
    Door,
    a_key,
    a_scope,
    an_envelope,
    packed,
    receiver,
    sender,
)

AUTH_ARGUMENT = {"x_sentry_auth": AUTH["x-sentry-auth"]}


@pytest.mark.parametrize(
    ("path", "is_matched"),
    [
        ("/api/7/envelope/", True),
        ("/api/7/envelope", True),
        ("/api/7/store/", True),
        ("/api/7/store", True),
        ("/api/0/projects/", False),
        ("/api/0/store/", False),
        ("/api/7/minidump/", False),
        ("/api/7/envelope/x", False),
        ("/api/sentry/envelope/", False),
        ("/api/99999999999999999999/envelope/", False),
        ("/", False),
    ],
)
def test_the_door_claims_only_its_own_paths(path, is_matched):
    assert Door().app.matches(a_scope(path)) is is_matched


async def test_an_event_is_spooled_as_it_came_and_its_id_is_answered():
    door = Door()
    request = packed(an_envelope())

    answer = await door.post(**request)

    assert (answer.status, answer.json) == (200, {"id": EVENT_ID})
    assert door.spool.rows == [(7, 1_000.0, "envelope", "gzip", EVENT_ID, "sentry.python/2.75.0", request["body"])]


async def test_nothing_is_answered_before_the_spool_has_kept_the_event():
    door, is_kept = Door(), asyncio.Event()
    sent: list[dict[str, object]] = []

    async def append(row):
        await is_kept.wait()

    door.spool.append = append
    request = asyncio.create_task(
        door.app(a_scope("/api/7/envelope/", headers=AUTH), receiver([an_envelope()]), sender(sent))
    )
    for _ in range(10):
        await asyncio.sleep(0)
    assert sent == []
    is_kept.set()
    await request

    assert sent[0]["status"] == 200


async def test_a_body_may_come_in_many_parts():
    door, body = Door(), an_envelope()

    answer = await door.post(parts=[body[:10], b"", body[10:50], body[50:]])

    assert answer.status == 200
    assert door.spool.rows[0].body == body


class TestEventIds:
    async def test_a_dashed_id_is_answered_without_dashes(self):
        answer = await Door().post(an_envelope(event_id="CCCCCCCC-cccc-cccc-cccc-cccccccccccc"))

        assert answer.json == {"id": EVENT_ID}

    async def test_the_envelopes_id_wins_over_the_events(self):
        door = Door()

        await door.post(an_envelope(event_id="d" * 32))

        assert door.spool.rows[0].event_id == "d" * 32

    async def test_the_events_id_counts_when_the_envelope_names_none(self):
        assert (await Door().post(an_envelope(event_id=None))).json == {"id": EVENT_ID}

    async def test_an_event_without_an_id_is_given_one(self):
        door = Door()

        answer = await door.post(an_envelope(b'{"message":"hello"}', event_id=None))

        assert answer.json == {"id": door.spool.rows[0].event_id}
        assert len(bytes.fromhex(answer.json["id"])) == 16

    @pytest.mark.parametrize("event_id", ["short", "g" * 32, 7, ["x"], "c" * 33, "c" * 31 + "\x00"])
    async def test_an_id_that_is_not_hexadecimal_is_malformed(self, event_id):
        assert (await Door().post(an_envelope(event_id=event_id))).status == 400


class TestStore:
    async def test_an_old_client_is_taken(self):
        door = Door()

        answer = await door.post(EVENT, "/api/7/store/")

        assert (answer.status, answer.json) == (200, {"id": EVENT_ID})
        assert (door.spool.rows[0].kind, door.spool.rows[0].body) == ("store", EVENT)

    async def test_a_very_old_clients_base64_is_taken(self):
        body = base64.b64encode(zlib.compress(EVENT))

        assert (await Door().post(body, "/api/7/store/")).json == {"id": EVENT_ID}

    @pytest.mark.parametrize("body", [b"", b"[]", b"hello", b'{"a":', b'{"message":"\xff"}', b'{"message":"\x00"}'])
    async def test_what_is_no_event_is_malformed(self, body):
        assert (await Door().post(body, "/api/7/store/")).status == 400


class TestWhatIsNotDigested:
    async def test_an_envelope_of_unknown_items_is_taken_and_dropped(self):
        door = Door()

        answer = await door.post(b'{}\n{"type":"session"}\n{}\n{"type":"from_the_future"}\n{}\n')

        assert (answer.status, answer.json, door.spool.rows) == (200, {}, [])

    async def test_an_envelope_without_items_is_taken_and_dropped(self):
        door = Door()

        assert (await door.post(b"{}\n")).json == {}
        assert door.spool.rows == []

    async def test_a_transaction_is_answered_with_its_id_and_dropped(self):
        door = Door()

        answer = await door.post(b'{"event_id":"%s"}\n{"type":"transaction"}\n{}\n' % EVENT_ID.encode())

        assert (answer.json, door.spool.rows) == ({"id": EVENT_ID}, [])

    async def test_an_event_is_kept_beside_unknown_items(self):
        door = Door()

        await door.post(an_envelope(EVENT, b'{"type":"from_the_future"}', b"{}"))

        assert len(door.spool.rows) == 1

    async def test_a_large_attachment_does_not_go_to_the_disk_with_its_event(self):
        door = Door()
        screenshot = b'{"type":"attachment","length":3000000,"filename":"a.png"}\n' + bytes(3_000_000)

        answer = await door.post(**packed(an_envelope(EVENT, screenshot)))

        [kept] = door.spool.rows
        assert answer.json == {"id": EVENT_ID}
        assert kept.encoding == ""
        assert kept.body.startswith(b'{"event_id":"%s"' % EVENT_ID.encode())
        assert EVENT in kept.body
        assert len(kept.body) < 1_000


class TestStrangeEvents:
    @pytest.mark.parametrize(
        ("event", "reason"),
        [
            pytest.param(b"{", "The event is not JSON", id="cut JSON"),
            pytest.param(b"[]", "The event is not a JSON object", id="an array"),
            pytest.param(b'{"a":"\xc3"}', "The event is not UTF-8 at byte 6", id="invalid UTF-8"),
            pytest.param(b'{"a":"\x00"}', "The event is not JSON", id="a NUL byte"),
            pytest.param(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply", id="deep arrays"),
            pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply", id="deep objects"),
            pytest.param(b'{"event_id":' + b"[" * 100_000, "nested too deeply", id="a deep id"),
        ],
    )
    async def test_an_event_is_refused_with_its_reason(self, event, reason):
        door = Door()

        answer = await door.post(an_envelope(event))

        assert answer.status == 400
        assert reason in answer.json["detail"]
        assert door.spool.rows == []

    @pytest.mark.parametrize(
        "event",
        [
            pytest.param(b'{"extra":{"ratio":NaN,"top":Infinity}}', id="Python's NaN"),
            pytest.param(b'{"message":"\\ud83d"}', id="JavaScript's half of a character"),
            pytest.param(b'{"message":"a\\u0000b"}', id="an escaped NUL"),
            pytest.param(json.dumps({"tags": [[f"t{n}", "v"] for n in range(200)]}).encode(), id="200 tags"),
            pytest.param(json.dumps({"message": "x" * 990_000}).encode(), id="almost a megabyte"),
            pytest.param(b'{"timestamp":"1823-01-01T00:00:00Z"}', id="a clock two centuries late"),
        ],
    )
    async def test_an_event_that_is_only_strange_is_taken(self, event):
        door = Door()

        assert (await door.post(an_envelope(event))).status == 200
        assert len(door.spool.rows) == 1

    async def test_two_sent_at_and_headers_from_the_future_are_tolerated(self):
        body = an_envelope().replace(b'"sent_at"', b'"sent_at":"x","new":[{}],"sent_at"', 1)

        assert (await Door().post(body)).status == 200


class TestKeys:
    async def test_without_a_key_it_is_403(self):
        answer = await Door().post(an_envelope(), user_agent="curl")

        assert (answer.status, answer.headers["x-sentry-error"]) == (403, answer.json["detail"])

    @pytest.mark.parametrize(
        "keys",
        [
            pytest.param((a_key(OTHER_KEY),), id="unknown"),
            pytest.param((a_key(project_id=8),), id="of another project"),
            pytest.param((a_key(is_active=False),), id="switched off"),
        ],
    )
    async def test_a_key_that_does_not_open_the_project_is_403(self, keys):
        door = Door(keys)

        assert (await door.post(an_envelope())).status == 403
        assert door.spool.rows == []

    async def test_another_projects_key_is_answered_as_an_unknown_one(self):
        unknown, foreign = Door((a_key(OTHER_KEY),)), Door((a_key(project_id=8),))

        assert (await unknown.post(an_envelope())).json == (await foreign.post(an_envelope())).json

    async def test_a_browser_names_its_key_in_the_query(self):
        door = Door()
        query = f"sentry_version=7&sentry_key={KEY}&sentry_client=sentry.javascript.browser%2F10.0"

        answer = await door.post(an_envelope(), query=query, content_type="text/plain")

        assert answer.status == 200
        assert door.spool.rows[0].client == "sentry.javascript.browser/10.0"

    async def test_a_tunnel_names_its_key_in_the_dsn(self):
        assert (await Door().post(an_envelope(dsn=DSN), user_agent="tunnel/1")).status == 200

    async def test_the_authorization_header_serves_too(self):
        assert (await Door().post(an_envelope(), authorization=AUTH["x-sentry-auth"])).status == 200

    async def test_three_places_that_agree_are_one(self):
        door = Door()

        answer = await door.post(an_envelope(dsn=DSN), query=f"sentry_key={KEY}")

        assert answer.status == 200

    @pytest.mark.parametrize(
        ("query", "dsn"),
        [
            pytest.param(f"sentry_key={OTHER_KEY}", DSN, id="the query differs"),
            pytest.param("", f"https://{OTHER_KEY}@tocsin.example/7", id="the DSN differs"),
            pytest.param("", f"https://{KEY}@tocsin.example/8", id="the DSN is of another project"),
            pytest.param("", "nonsense", id="the DSN is none"),
            pytest.param("", 7, id="the DSN is a number"),
            pytest.param("", "https://[", id="the DSN is no URL"),
        ],
    )
    async def test_places_that_do_not_agree_are_403(self, query, dsn):
        door = Door((a_key(), a_key(OTHER_KEY)))

        assert (await door.post(an_envelope(dsn=dsn), query=query)).status == 403
        assert door.spool.rows == []

    async def test_a_guess_that_cannot_be_a_key_is_not_looked_up(self):
        door = Door()

        answer = await door.post(an_envelope(), x_sentry_auth="Sentry sentry_version=7, sentry_key=' OR 1=1")

        assert (answer.status, door.asked) == (403, [])

    async def test_without_the_clients_name_its_user_agent_counts(self):
        door = Door()

        await door.post(an_envelope(), x_sentry_auth=f"Sentry sentry_key={KEY}", user_agent="raven/6")

        assert door.spool.rows[0].client == "raven/6"

    async def test_a_lookup_that_fails_is_503(self):
        door = Door()

        async def find(public_key):
            raise RuntimeError("database is locked")

        door.app._find_key = find
        answer = await door.post(an_envelope())

        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert "locked" not in answer.json["detail"]


class TestLimits:
    async def test_a_body_over_the_limit_is_413(self):
        answer = await Door(body=100).post(parts=[b"x" * 60, b"x" * 60])

        assert (answer.status, answer.json["detail"]) == (413, "The body is larger than 100 bytes")

    async def test_a_length_over_the_limit_is_413_before_the_body_is_read(self):
        answer = await Door(body=100).post(parts=[b"", b""], content_length="101", **AUTH_ARGUMENT)

        assert answer.status == 413

    async def test_a_body_that_unpacks_to_more_than_the_limit_is_413(self):
        answer = await Door(unpacked=10_000).post(**packed(an_envelope(b" " * 20_000)))

        assert answer.status == 413

    async def test_a_bomb_is_413(self):
        answer = await Door().post(**packed(bytes(60_000_000)))

        assert answer.status == 413

    async def test_an_event_over_a_megabyte_is_413(self):
        answer = await Door().post(an_envelope(b'{"a":"%s"}' % (b"x" * 1_000_000)))

        assert answer.status == 413

    async def test_bodies_that_together_exceed_memory_are_503(self):
        door = Door(in_flight=1_000)

        answer = await door.post(b"x" * 1_001)

        assert (answer.status, answer.headers["retry-after"]) == (503, "1")

    async def test_what_was_received_counts_no_longer_once_it_is_answered(self):
        door = Door(in_flight=1_000)

        for _ in range(20):
            assert (await door.post(an_envelope())).status == 200
        assert door.app._bodies.held == 0

    async def test_a_sender_that_never_ends_is_408(self):
        sent: list[dict[str, object]] = []

        async def receive():
            await asyncio.Event().wait()

        await Door(seconds=0.01).app(a_scope("/api/7/envelope/", headers=AUTH), receive, sender(sent))

        assert sent[0]["status"] == 408
        assert (b"connection", b"close") in sent[0]["headers"]

    async def test_a_client_that_leaves_is_answered_nothing_and_leaves_nothing(self):
        door, sent = Door(), []
        messages = [
            {"type": "http.request", "body": an_envelope()[:20], "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive():
            return messages.pop(0)

        await door.app(a_scope("/api/7/envelope/", headers=AUTH), receive, sender(sent))

        assert (sent, door.spool.rows, door.app._bodies.held) == ([], [], 0)

    @pytest.mark.parametrize("encoding", ["compress", "gzip, br", "x" * 500])
    async def test_an_unknown_encoding_is_400(self, encoding):
        answer = await Door().post(an_envelope(), content_encoding=encoding, **AUTH_ARGUMENT)

        assert answer.status == 400
        assert "send gzip, deflate, br or zstd" in answer.headers["x-sentry-error"]

    async def test_a_body_that_is_not_what_its_encoding_says_is_400(self):
        assert (await Door().post(an_envelope(), content_encoding="gzip", **AUTH_ARGUMENT)).status == 400


class TestLoad:
    @pytest.mark.parametrize(("events", "size"), [(10, 0), (0, 1_000)])
    async def test_a_backlog_at_its_limit_is_429_for_everything(self, events, size):
        door = Door(backlog=10, backlog_bytes=1_000, backlog_retry=30)
        door.spool.events, door.spool.bytes = events, size

        answer = await door.post(an_envelope())

        assert answer.status == 429
        assert answer.headers["retry-after"] == "30"
        assert answer.headers["x-sentry-rate-limits"] == "30::organization:backlog"
        assert door.spool.rows == []

    async def test_a_backlog_below_its_limit_is_taken(self):
        door = Door(backlog=10, backlog_bytes=1_000)
        door.spool.events, door.spool.bytes = 9, 999

        assert (await door.post(an_envelope())).status == 200

    async def test_a_key_over_its_rate_is_429_until_its_window_has_room(self):
        door = Door((a_key(rate_limit=2, rate_window=60),))

        statuses = [(await door.post(an_envelope())).status for _ in range(3)]
        answer = await door.post(an_envelope())
        door.now += 30

        assert statuses == [200, 200, 429]
        assert answer.headers["retry-after"] == "30"
        assert answer.headers["x-sentry-rate-limits"] == "30:default;error:key:key_quota"
        assert (await door.post(an_envelope())).status == 200
        assert len(door.spool.rows) == 3

    async def test_what_a_keys_limit_refused_is_counted_by_its_key(self):
        door = Door((a_key(rate_limit=1, rate_window=60), a_key(OTHER_KEY)))

        for _ in range(3):
            await door.post(an_envelope())

        assert door.app.refused == {KEY: 2}

    async def test_many_at_once_do_not_pass_a_keys_rate(self):
        door = Door((a_key(rate_limit=2, rate_window=60),))
        body = an_envelope()

        answers = await asyncio.gather(*(door.post(parts=[body[:9], body[9:]]) for _ in range(10)))

        assert sorted(answer.status for answer in answers) == [200] * 2 + [429] * 8

    async def test_what_is_not_digested_neither_counts_against_a_keys_rate_nor_is_held_by_it(self):
        door = Door((a_key(rate_limit=1, rate_window=60),))
        session = b'{}\n{"type":"session"}\n{}\n'

        statuses = [
            (await door.post(body)).status for body in [session, session, an_envelope(), an_envelope(), session]
        ]

        assert statuses == [200, 200, 200, 429, 200]

    async def test_a_spool_that_cannot_keep_is_503_and_says_nothing_of_the_inside(self):
        door = Door()
        door.spool.is_broken = True

        answer = await door.post(an_envelope())

        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert "disk" not in answer.json["detail"]


class TestBrowsers:
    async def test_a_preflight_names_what_a_browser_may_send(self):
        answer = await Door().post(method="OPTIONS", origin="https://shop.example")

        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "POST, OPTIONS"
        assert {"x-sentry-auth", "content-type", "content-encoding"} <= set(
            answer.headers["access-control-allow-headers"].split(", ")
        )

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param({"body": an_envelope()}, id="taken"),
            pytest.param({"body": b"{}\n"}, id="dropped"),
            pytest.param({"body": b"nonsense"}, id="malformed"),
            pytest.param({"body": b"", "user_agent": "x"}, id="no key"),
            pytest.param({"method": "GET"}, id="wrong method"),
        ],
    )
    async def test_every_answer_can_be_read_by_a_page(self, arguments):
        answer = await Door().post(**arguments)

        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"x-sentry-error", "x-sentry-rate-limits", "retry-after"} == set(exposed)


async def test_another_method_is_405_with_the_right_ones():
    answer = await Door().post(method="GET")

    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


async def test_what_a_client_sent_cannot_break_the_error_header():
    answer = await Door().post(an_envelope(event_id="é\r\nset-cookie: a=b"))

    assert answer.status == 400
    assert all(32 <= ord(letter) < 127 for letter in answer.headers["x-sentry-error"])
