"""What a page shows of one event."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.formats.event import UnreadableError
from tocsin.formats.view import ContextView, EventView, Line, Pair, view

RECORDED = sorted((Path(__file__).parent / "events").glob("*.json"))


def shown(event: object) -> EventView:
    return view(json.dumps(event).encode())


def a_frame(**fields) -> dict[str, object]:
    return {"exception": {"values": [{"type": "E", "stacktrace": {"frames": [fields]}}]}}


@pytest.mark.parametrize(
    "path", [path for path in RECORDED if "exception" in path.stem], ids=lambda path: path.stem
)
def test_a_recorded_exception_is_shown_with_its_source(path):
    frame = view(path.read_bytes()).exceptions[-1].frames[-1]

    assert (frame.module, frame.function, frame.in_app) == ("__main__", "boom", True)
    assert [line.is_call for line in frame.lines] == [False, False, True, False]
    assert "raise RuntimeError" in frame.lines[2].text


def test_lines_around_a_call_are_numbered():
    event = shown(a_frame(lineno=41, pre_context=["a", "b"], context_line="c", post_context=["d"]))

    assert event.exceptions[0].frames[0].lines == (
        Line(39, "a"),
        Line(40, "b"),
        Line(41, "c", is_call=True),
        Line(42, "d"),
    )


def test_lines_without_a_number_have_none():
    event = shown(a_frame(pre_context=["a"], context_line="c"))

    assert [line.number for line in event.exceptions[0].frames[0].lines] == [0, 0]


def test_variables_are_shown_as_json_writes_them():
    event = shown(a_frame(vars={"count": "0", "order": {"id": 41}, "items": [1], "none": None}))

    assert event.exceptions[0].frames[0].variables == (
        Pair("count", "0"),
        Pair("order", '{"id": 41}'),
        Pair("items", "[1]"),
        Pair("none", ""),
    )


def test_breadcrumbs_are_shown_in_order_and_the_last_hundred_of_them():
    event = shown({"breadcrumbs": {"values": [{"message": str(number)} for number in range(150)]}})

    assert [crumb.message for crumb in event.breadcrumbs] == [str(number) for number in range(50, 150)]


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ("2026-11-21T09:00:00Z", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("2026-11-21T09:00:00", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        (1795251600, datetime(2026, 11, 21, 9, tzinfo=UTC)),
        (1e300, None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_breadcrumb_has_its_time_where_it_can_be_read(sent, at):
    assert shown({"breadcrumbs": [{"timestamp": sent}]}).breadcrumbs[0].at == at


def test_a_request_is_shown_whole():
    request = shown(
        {
            "request": {
                "method": "POST",
                "url": "https://shop.example/cart",
                "query_string": [["page", "2"], ["sort", "price"]],
                "headers": {"Accept": "*/*"},
                "cookies": [["theme", "dark"]],
                "data": {"sku": "A-1"},
                "env": {"SERVER_PORT": 443},
            }
        }
    ).request

    assert request is not None
    assert (request.method, request.url, request.query) == (
        "POST",
        "https://shop.example/cart",
        "page=2&sort=price",
    )
    assert (request.headers, request.cookies) == ((Pair("Accept", "*/*"),), (Pair("theme", "dark"),))
    assert (request.body, request.environment) == ('{"sku": "A-1"}', (Pair("SERVER_PORT", "443"),))


def test_contexts_tags_user_and_sdk_are_shown_as_pairs():
    event = shown(
        {
            "contexts": {"os": {"name": "Linux"}, "empty": {}, "odd": 7},
            "tags": [["customer", "gold"]],
            "user": {"id": 7},
            "sdk": {"name": "sentry.python", "version": "2.75.0", "packages": []},
        }
    )

    assert event.contexts == (ContextView("os", (Pair("name", "Linux"),)),)
    assert (event.tags, event.user, event.sdk) == (
        (Pair("customer", "gold"),),
        (Pair("id", "7"),),
        "sentry.python 2.75.0",
    )


def test_threads_say_which_one_crashed():
    event = shown({"threads": {"values": [{"name": "main", "crashed": True, "stacktrace": {"frames": [{}]}}]}})

    assert [(one.name, one.crashed, len(one.frames)) for one in event.threads] == [("main", True, 1)]


def test_a_message_is_put_together_from_its_template():
    assert shown({"logentry": {"message": "Order %s", "params": [41]}}).message == "Order 41"


def test_of_a_thousand_frames_the_outermost_and_innermost_125_are_shown():
    frames = [{"function": str(number)} for number in range(1000)]

    shown_frames = shown({"stacktrace": {"frames": frames}}).frames

    assert [frame.function for frame in (shown_frames[0], shown_frames[125])] == ["0", "875"]
    assert len(shown_frames) == 250


def test_text_without_end_is_cut():
    event = shown(a_frame(context_line="x" * 10_000, vars={"v": "x" * 10_000}))

    frame = event.exceptions[0].frames[0]
    assert (len(frame.lines[0].text), len(frame.variables[0].value)) == (512, 1024)


def test_nul_and_half_surrogates_are_gone():
    assert view(b'{"message": "a\\u0000b\\ud800"}').message == "ab?"


def test_a_body_without_an_object_is_refused():
    with pytest.raises(UnreadableError):
        view(b"[]")


NAMES = [
    "exception", "values", "stacktrace", "frames", "vars", "pre_context", "context_line", "lineno", "breadcrumbs",
    "timestamp", "data", "request", "headers", "query_string", "cookies", "user", "contexts", "tags", "sdk", "name",
    "version", "threads", "modules", "extra", "logentry", "message", "params", "mechanism", "handled", "type",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=40,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_json_object_can_be_shown(event):
    assert isinstance(shown(event), EventView)
