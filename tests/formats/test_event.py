"""What becomes of the events that SDKs send, as they send them and as they should not."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tocsin.core.event import LEVELS, Event, EventUser
from tocsin.formats.event import UnreadableError, parse

RECORDED = sorted((Path(__file__).parent / "events").glob("*.json"))
EVENT_ID = "9ac4b5e1f0a34b6e8d1c2b3a4f5e6d7c"
RECEIVED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC).timestamp()
DAY = 86400


def read(event: object) -> Event:
    return read_bytes(json.dumps(event).encode())


def read_bytes(payload: bytes) -> Event:
    return parse(payload, event_id=EVENT_ID, received=RECEIVED)


def recorded(name: str) -> Event:
    return read_bytes((Path(__file__).parent / "events" / f"{name}.json").read_bytes())


def raised(**exception) -> dict[str, object]:
    return {"exception": {"values": [{"type": "ValueError", "value": "no such cart", **exception}]}}


def calls(*frames: dict[str, object]) -> dict[str, object]:
    return {"stacktrace": {"frames": list(frames)}}


CART = {"module": "shop.cart", "function": "total", "filename": "shop/cart.py", "in_app": True}
DJANGO = {"module": "django.core", "function": "handle", "filename": "django/core.py", "in_app": False}


@pytest.mark.parametrize("client", ["raven-6.10", "sentry-sdk-1.45", "sentry-sdk-2.75"])
class TestAnExceptionThatAClientReported:
    def test_is_titled_by_the_exception_that_was_raised(self, client):
        title = "RuntimeError: could not check out order 41 for ana@example.com"

        assert recorded(f"{client}-exception").title == title

    def test_is_placed_where_it_was_raised(self, client):
        assert recorded(f"{client}-exception").culprit == "__main__ in boom"

    def test_keeps_the_chain_with_its_cause_first(self, client):
        assert [one.type for one in recorded(f"{client}-exception").exceptions] == [
            "ZeroDivisionError",
            "RuntimeError",
        ]

    def test_is_an_error(self, client):
        assert recorded(f"{client}-exception").level == "error"

    def test_names_its_user(self, client):
        assert recorded(f"{client}-exception").user == EventUser(id="7", email="ana@example.com")

    def test_tells_the_applications_frames_from_others(self, client):
        frames = recorded(f"{client}-exception").exceptions[0].frames

        assert all(frame.in_app for frame in frames if frame.module.startswith("shop"))


@pytest.mark.parametrize("name", ["raven-6.10-message", "sentry-sdk-1.45-logging", "sentry-sdk-2.75-logging"])
def test_a_log_message_keeps_its_template_beside_its_words(name):
    event = recorded(name)

    assert event.message_template == "Order %s failed for %s"
    assert event.message.replace("'", "") == event.title.replace("'", "") == "Order 41 failed for ana"


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_id_that_the_envelope_gave_wins(path):
    assert read_bytes(path.read_bytes()).event_id == EVENT_ID


def test_an_empty_object_is_an_event():
    assert read({}) == Event(
        EVENT_ID, RECEIVED, tags=(("level", "error"), ("environment", "production")), title="<unlabeled event>"
    )


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        *((name, name) for name in LEVELS),
        *((number, name) for name, number in LEVELS.items()),
        ("WARNING", "warning"),
        ("30", "warning"),
        ("critical", "fatal"),
        ("warn", "warning"),
        ("log", "info"),
        (None, "error"),
        ("loud", "error"),
        (35, "error"),
        ([], "error"),
    ],
)
def test_a_level_is_taken_by_name_and_by_number(sent, level):
    assert read({"level": sent}).level == level


@pytest.mark.parametrize(
    "sent",
    [
        RECEIVED - 60,
        str(RECEIVED - 60),
        "2026-11-21T09:29:00Z",
        "2026-11-21T09:29:00",
        "2026-11-21 09:29:00.000000",
        "2026-11-21T10:29:00+01:00",
        "2026-11-21T09:29:00.000000000Z",
    ],
)
def test_a_time_is_taken_in_every_form_that_clients_use(sent):
    assert read({"timestamp": sent}).timestamp == RECEIVED - 60


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(RECEIVED - 31 * DAY, id="older than 30 days"),
        pytest.param(RECEIVED + 61, id="more than a minute ahead"),
        pytest.param(0, id="zero"),
        pytest.param(None, id="none"),
        pytest.param("yesterday", id="not a time"),
        pytest.param(1e300, id="beyond every calendar"),
        pytest.param("nan", id="not a number"),
        pytest.param(["2026"], id="not even text"),
        pytest.param("0001-01-01T00:00:00+14:00", id="before the first year"),
    ],
)
def test_a_time_that_cannot_be_is_the_time_of_receipt(sent):
    assert read({"timestamp": sent}).timestamp == RECEIVED


@pytest.mark.parametrize("sent", [RECEIVED - 29 * DAY, RECEIVED + 59])
def test_a_clock_that_is_a_little_off_is_believed(sent):
    assert read({"timestamp": sent}).timestamp == sent


@pytest.mark.parametrize(
    "tags",
    [
        {"customer": "gold", "seats": 3, "trial": True, "none": None},
        [["customer", "gold"], ["seats", 3], ["trial", True], ["none", None], ["odd"], 7],
        [{"key": "customer", "value": "gold"}, {"key": "seats", "value": 3}, {"key": "trial", "value": True}],
    ],
    ids=["an object", "pairs", "objects"],
)
def test_tags_are_taken_in_each_of_their_shapes(tags):
    assert read({"tags": tags}).tags[:3] == (("customer", "gold"), ("seats", "3"), ("trial", "true"))


def test_what_the_event_says_of_itself_is_tagged_too():
    event = read(
        {
            "environment": "staging",
            "release": "shop@1.4",
            "server_name": "web-1",
            "user": {"id": 7},
            "request": {"url": "https://shop.example/cart"},
            "contexts": {"os": {"name": "Linux", "version": "6.1"}},
            **raised(mechanism={"type": "django", "handled": False}),
        }
    )

    assert {
        "environment": "staging",
        "release": "shop@1.4",
        "server_name": "web-1",
        "user": "id:7",
        "url": "https://shop.example/cart",
        "os": "Linux 6.1",
        "os.name": "Linux",
        "mechanism": "django",
        "handled": "no",
        "level": "error",
    }.items() <= dict(event.tags).items()


def test_a_tag_cannot_contradict_the_event():
    assert read({"tags": {"level": "fatal"}}).tag_values("level") == ("error",)


def test_a_tag_is_one_line_and_never_empty():
    assert read({"tags": {"a": "x\n y", "b": " ", "": "z", "c": "d"}}).tags[:2] == (("a", "x y"), ("c", "d"))


def test_tags_hold_no_nul():
    assert read({"tags": {"a\x00": "b\x00"}}).tags[0] == ("a", "b")
    assert read({"tags": [["a\x00", 7], "\x00"]}).tags[0] == ("a", "7")


def test_of_a_thousand_tags_200_are_kept():
    event = read({"tags": {f"tag{number}": "x" for number in range(1000)}})

    assert sum(name.startswith("tag") for name, _ in event.tags) == 200


def test_long_values_are_cut():
    event = read(
        {
            "message": "m" * 9000,
            "tags": {"k" * 300: "v" * 300},
            "transaction": "t" * 300,
            "environment": "e" * 100,
            "release": "r" * 300,
        }
    )

    assert (len(event.message), len(event.title), len(event.culprit)) == (8192, 255, 200)
    assert (len(event.environment), len(event.release)) == (64, 250)
    assert event.tags[0] == ("k" * 200, "v" * 200)


@pytest.mark.parametrize(
    ("event", "title"),
    [
        pytest.param(raised(), "ValueError: no such cart", id="type and value"),
        pytest.param(raised(value="a\nb"), "ValueError: a", id="first line"),
        pytest.param(raised(value=""), "ValueError", id="no value"),
        pytest.param(raised(type=None), "no such cart", id="no type"),
        pytest.param(raised(mechanism={"synthetic": True}, **calls(CART)), "total", id="a stand-in for a crash"),
        pytest.param({"message": "Out of stock\nreally"}, "Out of stock", id="message"),
        pytest.param({"message": "  "}, "<unlabeled event>", id="nothing"),
        pytest.param({**raised(), "message": "said"}, "ValueError: no such cart", id="exception before message"),
    ],
)
def test_the_title_says_what_failed(event, title):
    assert read(event).title == title


@pytest.mark.parametrize(
    ("event", "culprit"),
    [
        pytest.param({"transaction": "/cart", **raised(**calls(CART))}, "/cart", id="the transaction"),
        pytest.param(raised(**calls(CART, DJANGO)), "shop.cart in total", id="innermost own call"),
        pytest.param(raised(**calls(DJANGO)), "django.core in handle", id="no own call"),
        pytest.param(raised(**calls({"filename": "a.js", "function": "f"})), "a.js in f", id="no module"),
        pytest.param(calls(CART), "shop.cart in total", id="a stack without exception"),
        pytest.param(
            {"threads": {"values": [{"crashed": True, **calls(CART)}]}}, "shop.cart in total", id="a thread"
        ),
        pytest.param({"culprit": "as sent"}, "as sent", id="only the client's own"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_the_culprit_says_where(event, culprit):
    assert read(event).culprit == culprit


@pytest.mark.parametrize(
    "event",
    [
        {"exception": {"values": [{"type": "ValueError", "value": "no such cart"}]}},
        {"exception": [{"type": "ValueError", "value": "no such cart"}]},
        {"exception": {"type": "ValueError", "value": "no such cart"}},
        {"exception": {"values": [None, 7, {"type": "ValueError", "value": "no such cart"}]}},
        {"sentry.interfaces.Exception": {"values": [{"type": "ValueError", "value": "no such cart"}]}},
    ],
)
def test_an_exception_is_taken_in_each_of_its_shapes(event):
    assert read(event).title == "ValueError: no such cart"


@pytest.mark.parametrize(
    "event",
    [
        {"logentry": {"message": "Order %s of %s", "params": [41, "ana"]}},
        {"logentry": {"message": "Order {} of {}", "params": [41, "ana"]}},
        {"logentry": {"message": "Order {1} of {0}", "params": ["ana", 41]}},
        {"logentry": {"message": "Order %(order)s of {who}", "params": {"order": 41, "who": "ana"}}},
        {"logentry": {"message": "Order %s", "formatted": "Order 41 of ana"}},
        {"message": {"formatted": "Order 41 of ana"}},
        {"sentry.interfaces.Message": {"message": "Order %d of %s", "params": ["41", "ana"], "formatted": None}},
    ],
)
def test_a_message_is_put_together_from_its_template(event):
    assert read(event).message == "Order 41 of ana"


def test_a_template_cannot_ask_for_a_gigabyte():
    event = read({"logentry": {"message": "%999999999d {0:>999999999}", "params": [1]}})

    assert event.message == "%999999999d {0:>999999999}"


def test_parameters_that_are_missing_leave_their_places():
    assert read({"logentry": {"message": "%s of %s", "params": [1]}}).message == "1 of %s"


def test_the_thread_that_crashed_is_the_one_to_look_at():
    threads = [{"current": True, **calls(DJANGO)}, {"crashed": True, **calls(CART)}]

    assert read({"threads": threads}).frames[0].module == "shop.cart"


def test_frames_that_nobody_marked_are_the_applications_unless_a_library_holds_them():
    library = {"abs_path": "/srv/venv/lib/python3.11/site-packages/flask/app.py", "function": "run"}
    own = {"abs_path": "/srv/shop/cart.py", "function": "total"}

    frames = read(raised(**calls(library, own))).exceptions[0].frames

    assert [frame.in_app for frame in frames] == [False, True]


def test_of_a_thousand_frames_the_outermost_and_innermost_125_are_kept():
    frames = [{"function": f"f{number}", "lineno": number} for number in range(1000)]

    kept = read(raised(**calls(*frames))).exceptions[0].frames

    assert [frame.function for frame in (kept[0], kept[124], kept[125], kept[-1])] == ["f0", "f124", "f875", "f999"]


def test_a_stack_trace_of_a_megabyte_is_read():
    frames = [{"function": "f", "context_line": "x" * 1000} for _ in range(1000)]

    assert read(raised(**calls(*frames))).title == "ValueError: no such cart"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, ()),
        ([], ()),
        ("checkout", ("checkout",)),
        (["{{ default }}", 7, None, True], ("{{ default }}", "7", "true")),
        ({"a": 1}, ('{"a": 1}',)),
    ],
)
def test_a_fingerprint_is_text_whatever_was_sent(sent, kept):
    assert read({"fingerprint": sent}).fingerprint == kept


@pytest.mark.parametrize(
    ("user", "identity"),
    [
        ({"id": 7, "email": "ana@example.com"}, "id:7"),
        ({"id": "007"}, "id:007"),
        ({"id": 0}, "id:0"),
        ({"email": "ana@example.com"}, "email:ana@example.com"),
        ({"username": "ana"}, "username:ana"),
        ({"ip_address": "192.0.2.7"}, "ip:192.0.2.7"),
    ],
)
def test_one_user_is_told_from_another(user, identity):
    found = read({"user": user}).user

    assert found is not None
    assert found.identity == identity


@pytest.mark.parametrize("data", [{"plan": "gold", "seats": 7}, [["plan", "gold"], ["seats", 7]]])
def test_what_else_is_said_of_a_user_is_kept_in_pairs(data):
    assert read({"user": {"id": 1, "data": data}}).user.data == (("plan", "gold"), ("seats", "7"))


@pytest.mark.parametrize("data", [7, "x", [7], {"a": None}, {"a": "\x00"}, [[]], True])
def test_nonsense_about_a_user_is_left_out(data):
    assert read({"user": {"id": 1, "data": data}}).user == EventUser(id="1")


@pytest.mark.parametrize("user", [None, {}, "ana", {"id": None}, {"ip_address": "{{auto}}"}, []])
def test_a_user_of_whom_nothing_is_known_is_none(user):
    assert read({"user": user}).user is None


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param(b'{"message": "a\\u0000b"}', "ab", id="a NUL"),
        pytest.param(b'{"message": "a\x00b"}', "ab", id="a raw NUL"),
        pytest.param(b'{"message": "a\xff"}', "a�", id="broken UTF-8"),
        pytest.param(b'{"message": "a\\ud800"}', "a?", id="half a surrogate pair"),
        pytest.param(b'\xef\xbb\xbf{"message": "a"}', "a", id="a byte order mark"),
        pytest.param(b'{"message": "a", "extra": {"n": NaN}}', "a", id="NaN"),
        pytest.param(b'{"message": "a", "user": {"id": ' + b"9" * 5000 + b"}}", "a", id="a number of 5,000 digits"),
        pytest.param(b'{"message": 7}', "7", id="a number for text"),
    ],
)
def test_flaws_in_the_json_are_mended(payload, message):
    assert read_bytes(payload).message == message


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "The event is not JSON"),
        (b"{", "The event is not JSON"),
        (b"[]", "The event must be a JSON object, not list."),
        (b"7", "The event must be a JSON object, not int."),
        (b'{"extra": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "The event is nested too deeply to be read."),
    ],
    ids=["nothing", "cut off", "a list", "a number", "100,000 levels"],
)
def test_what_is_no_json_object_is_refused_with_the_reason(payload, reason):
    with pytest.raises(UnreadableError) as refused:
        read_bytes(payload)

    assert refused.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("sent", "lineno"), [("41", 41), (41.0, 41), (None, 0), ("?", 0), ([], 0), (1e400, 0), (True, 1)]
)
def test_a_line_number_is_one_or_none(sent, lineno):
    assert read(raised(**calls({"function": "f", "lineno": sent}))).exceptions[0].frames[0].lineno == lineno


@pytest.mark.parametrize(("sent", "handled"), [(True, True), (False, False), ("no", None), (0, None), (None, None)])
def test_handled_is_yes_no_or_unknown(sent, handled):
    assert read(raised(mechanism={"handled": sent})).exceptions[0].handled is handled


@pytest.mark.parametrize("sent", ["main", 7, [], {"frames": "none"}, {"frames": [None, 7, "f"]}])
def test_a_stack_of_no_known_shape_leaves_the_exception(sent):
    assert read(raised(stacktrace=sent)).exceptions[0].frames == ()


@pytest.mark.parametrize("field", ["fingerprint", "tags", "message", "extra"])
@pytest.mark.parametrize("flaw", ["", "\\u0000"])
def test_no_depth_of_nesting_is_an_accident(field, flaw):
    for depth in range(50, 1500, 25):
        payload = f'{{"level": "info{flaw}", "{field}": {"[" * depth}{"]" * depth}}}'.encode()
        try:
            level = read_bytes(payload).level
        except UnreadableError as refused:
            assert "nested" in refused.reason  # noqa: PT017 — either outcome is right
        else:
            assert level == "info"


NAMES = [
    "exception", "values", "stacktrace", "frames", "mechanism", "logentry", "message", "formatted", "params",
    "tags", "user", "id", "level", "timestamp", "fingerprint", "threads", "contexts", "os", "name", "sdk",
    "request", "url",
    "in_app", "lineno", "function", "handled", "type", "value", "exception_id", "parent_id", "is_exception_group",
    "sentry.interfaces.Message", "checksum", "crashed",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6)
    ),
    max_leaves=40,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON))
@example({"level": {"level": []}})
def test_any_json_object_is_an_event(event):
    found = read(event)

    assert found.level in LEVELS
    assert 0 < len(found.title) <= 255
    assert "\x00" not in "".join(texts(astuple(found)))


def texts(value: object) -> Iterator[str]:
    """All text in a value; fails on text that no database takes."""
    if isinstance(value, str):
        value.encode("utf-8")
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)


@settings(deadline=None)
@given(st.binary())
@example(b"\xff\xfe{")
def test_no_bytes_do_more_harm_than_being_refused(payload):
    try:
        read_bytes(payload)
    except UnreadableError as refused:
        assert refused.reason  # noqa: PT017 — either outcome is right
