"""Which events are one issue: what may differ between them, and what may not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.event import Event, ExceptionValue, Frame
from tocsin.core.group import Grouping, group

TOTAL = Frame(
    "shop/cart.py", "/srv/shop/cart.py", "shop.cart", "total", "return amount / count", 41, 8, in_app=True
)
VIEW = Frame("shop/views.py", "/srv/shop/views.py", "shop.views", "checkout", "total(cart)", 12, 8, in_app=True)
DJANGO = Frame("django/core.py", "/venv/django/core.py", "django.core", "handle", "run()", 7, 0, in_app=False)


def an_exception(**fields) -> ExceptionValue:
    defaults = {"type": "ZeroDivisionError", "value": "division by zero", "frames": (DJANGO, VIEW, TOTAL)}
    return ExceptionValue(**{**defaults, **fields})


def an_event(*exceptions: ExceptionValue, **fields) -> Event:
    return Event(
        **{"event_id": "a" * 32, "timestamp": 1.0, "platform": "python", "exceptions": exceptions, **fields}
    )


def main_hash(event: Event) -> str:
    return group(event).hashes[0]


def same(one: Event, other: Event) -> bool:
    return main_hash(one) == main_hash(other)


EVENT = an_event(an_exception())


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(TOTAL._replace(lineno=99, colno=1), id="another line number"),
        pytest.param(TOTAL._replace(abs_path="/other/machine/cart.py"), id="another folder"),
        pytest.param(TOTAL._replace(filename="cart.py"), id="another file name of the same module"),
        pytest.param(TOTAL._replace(context_line="    return  amount / count"), id="other indentation"),
    ],
)
def test_a_frame_is_the_same_despite(frame):
    assert same(EVENT, an_event(an_exception(frames=(DJANGO, VIEW, frame))))


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(TOTAL._replace(module="shop.orders"), id="another module"),
        pytest.param(TOTAL._replace(function="subtotal"), id="another function"),
        pytest.param(TOTAL._replace(context_line="return a / b"), id="another line of code"),
    ],
)
def test_a_frame_differs_by(frame):
    assert not same(EVENT, an_event(an_exception(frames=(DJANGO, VIEW, frame))))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(an_event(an_exception(value="division by 7")), id="the value"),
        pytest.param(an_event(an_exception(frames=(VIEW, TOTAL))), id="a call in others' code"),
        pytest.param(replace(EVENT, event_id="b" * 32, timestamp=2.0), id="id and time"),
        pytest.param(
            replace(EVENT, level="fatal", environment="staging", release="2"), id="level, environment, release"
        ),
        pytest.param(replace(EVENT, transaction="/cart", message="said"), id="transaction and message"),
        pytest.param(an_event(an_exception(module="builtins")), id="the exception's module"),
    ],
)
def test_an_issue_is_the_same_whatever_is(event):
    assert same(EVENT, event)


def test_another_type_of_exception_is_another_issue():
    assert not same(EVENT, an_event(an_exception(type="ValueError")))


def test_a_cause_makes_another_issue():
    assert not same(EVENT, an_event(an_exception(type="KeyError"), an_exception()))


def test_the_applications_own_calls_come_before_all_calls():
    assert group(EVENT) == Grouping(
        (main_hash(an_event(an_exception(frames=(VIEW, TOTAL)))), group(EVENT).hashes[1]), "in-app stack trace"
    )


def test_by_all_calls_an_event_finds_its_issue_when_the_sdk_stops_marking_frames():
    unmarked = tuple(frame._replace(in_app=False) for frame in (DJANGO, VIEW, TOTAL))

    assert group(an_event(an_exception(frames=unmarked))) == Grouping(group(EVENT).hashes[1:], "stack trace")


def test_recursion_counts_once_however_deep():
    shallow = an_event(an_exception(frames=(VIEW, TOTAL, TOTAL)))
    deep = an_event(an_exception(frames=(VIEW, *[TOTAL._replace(lineno=n) for n in range(50)])))

    assert same(shallow, deep)


def test_without_calls_the_type_and_the_kind_of_value_decide():
    one = an_event(an_exception(frames=(), value="no order 41"))
    other = an_event(an_exception(frames=(), value="no order 7"))

    assert same(one, other)
    assert group(one).by == "exception type and value"
    assert not same(one, an_event(an_exception(frames=(), value="no cart 41")))


def test_calls_that_say_nothing_leave_it_to_the_value():
    nameless = Frame(filename="https://shop.example/app.3f2a.js", function="?", in_app=True)
    one = an_event(an_exception(frames=(nameless,), value="x is undefined"), platform="javascript")
    other = an_event(an_exception(frames=(nameless,), value="y is undefined"), platform="javascript")

    assert not same(one, other)


def test_a_stand_in_type_does_not_count():
    assert same(
        an_event(an_exception(type="SIGSEGV", synthetic=True)), an_event(an_exception(type="", synthetic=True))
    )


def test_a_stack_without_an_exception_decides():
    event = an_event(frames=(DJANGO, TOTAL), message="slow")

    assert group(event).by == "in-app stack trace"
    assert same(event, replace(event, message="slower"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Order 41 failed", "Order 7 failed"),
        ("user ana@example.com left", "user bo@example.org left"),
        ("lost 5c21dc51-ebc5-4f21-8bbf-79bc292dc89c", "lost 00000000-0000-4000-8000-000000000000"),
        ("took 12.5ms at 2026-11-21T09:00:00Z", "took 3 s at 2025-01-01 10:00:00"),
        ("from 192.0.2.1", "from 198.51.100.77"),
        ("no key 'sku-1'", "no key 'colour'"),
        ("GET https://a.example/x?y=1", "GET https://b.example/"),
        ("commit deadbeefdeadbeef12 at 0x7f39", "commit 0123456789abcdef01 at 0x1"),
    ],
)
def test_messages_that_differ_in_values_are_one_issue(one, other):
    assert same(an_event(message=one), an_event(message=other))


def test_messages_that_differ_in_words_are_two():
    assert not same(an_event(message="Order failed"), an_event(message="Order refused"))


def test_a_messages_template_comes_before_its_words():
    one = an_event(message="Hello ana", message_template="Hello %s")

    assert same(one, an_event(message="Hello bo", message_template="Hello %s"))


def test_an_event_that_says_nothing_has_a_hash_all_the_same():
    assert group(an_event()).by == "nothing but its origin"


def test_a_checksum_overrides_everything():
    assert group(replace(EVENT, checksum="ABCDEF" + "0" * 26, fingerprint=("x",))) == Grouping(
        ("abcdef" + "0" * 26,), "checksum set by the SDK"
    )


def test_a_checksum_of_another_form_is_hashed():
    assert len(main_hash(replace(EVENT, checksum="build-7"))) == 32


@pytest.mark.parametrize("token", ["{{ default }}", "{{default}}", "{{  default  }}"])
def test_the_default_fingerprint_changes_nothing(token):
    assert group(replace(EVENT, fingerprint=(token,))) == group(EVENT)


def test_a_fingerprint_of_its_own_decides_alone():
    one = replace(EVENT, fingerprint=("checkout",))

    assert group(one).by == "fingerprint set by the SDK"
    assert same(one, an_event(message="anything", fingerprint=("checkout",)))


def test_a_fingerprint_beside_the_default_splits_an_issue():
    ana, bo = (replace(EVENT, fingerprint=("{{ default }}", name)) for name in ("ana", "bo"))

    assert len({main_hash(EVENT), main_hash(ana), main_hash(bo)}) == 3
    assert len(group(ana).hashes) == len(group(EVENT).hashes)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("{{ error.type }}", "ZeroDivisionError"),
        ("{{ error.value }}", "division by zero"),
        ("{{ stack.function }}", "total"),
        ("{{ stack.module }}", "shop.cart"),
        ("{{ stack.abs_path }}", "/srv/shop/cart.py"),
        ("{{ transaction }}", "/cart"),
        ("{{ level }}", "error"),
        ("{{logger}}", "shop"),
        ("{{ release }}", "1.4"),
        ("{{ tags.customer }}", "gold"),
        ("on-{{ tags.customer }}-{{ level }}", "on-gold-error"),
        ("{{ tags.nothing }}", "{{ tags.nothing }}"),
        ("{{ unknown }}", "{{ unknown }}"),
    ],
)
def test_a_variable_stands_for_its_value_and_an_unknown_one_for_itself(variable, value):
    event = replace(EVENT, transaction="/cart", logger="shop", release="1.4", tags=(("customer", "gold"),))

    # With "x" beside it: alone, what looks unresolved would otherwise be resolved again.
    assert same(replace(event, fingerprint=(variable, "x")), an_event(fingerprint=(value, "x")))


def test_a_value_that_looks_like_a_variable_is_not_resolved_again():
    event = an_event(an_exception(value="{{ level }}"), fingerprint=("{{ error.value }}",))

    assert not same(event, an_event(fingerprint=("error",)))


def in_a_group(*inner: ExceptionValue) -> Event:
    outer = ExceptionValue("ExceptionGroup", "2 failed", frames=(VIEW,), id=0, is_group=True)
    numbered = [one._replace(id=number, parent=0) for number, one in enumerate(inner, start=1)]
    return an_event(*reversed(numbered), outer)


def test_a_group_of_one_kind_is_that_kind():
    assert same(in_a_group(an_exception()), EVENT)
    assert same(in_a_group(an_exception(), an_exception(value="another time")), EVENT)


def test_a_group_of_several_kinds_is_the_same_in_any_order():
    one, other = an_exception(), an_exception(type="KeyError")

    assert same(in_a_group(one, other), in_a_group(other, one))
    assert not same(in_a_group(one, other), in_a_group(one))


def test_what_is_inside_a_group_keeps_its_cause():
    cause = an_exception(type="KeyError")._replace(id=2, parent=1)
    inner = an_exception()._replace(id=1, parent=0)
    outer = ExceptionValue("ExceptionGroup", id=0, is_group=True)

    assert same(an_event(cause, inner, outer), an_event(cause, inner))


def test_causes_that_point_at_each_other_end():
    inner = [an_exception()._replace(id=1, parent=2, is_group=False), an_exception()._replace(id=2, parent=1)]
    outer = ExceptionValue("ExceptionGroup", id=1, is_group=True)

    assert group(an_event(*inner, outer)).hashes


text = st.text(max_size=20)
frames = st.lists(
    st.builds(Frame, text, text, text, text, text, st.integers(), st.integers(), st.booleans(), text), max_size=6
).map(tuple)
small = st.none() | st.integers(0, 4)
exceptions = st.lists(
    st.builds(
        ExceptionValue, text, text, text, st.none(), st.booleans(), frames, text, small, small, st.booleans()
    ),
    max_size=5,
).map(tuple)
platforms = st.sampled_from(["python", "javascript", "java", "ruby", "php", "csharp", "native", "other"])
events = st.builds(
    Event,
    event_id=text,
    timestamp=st.floats(),
    platform=platforms,
    message=text,
    exceptions=exceptions,
    frames=frames,
    fingerprint=st.lists(text | st.just("{{ default }}") | st.just("{{ stack.function }}"), max_size=3).map(tuple),
    checksum=st.just("") | text,
)


@settings(deadline=None)
@given(events)
def test_every_event_has_hashes_of_32_digits(event):
    hashes = group(event).hashes

    assert 1 <= len(hashes) <= 2
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in hashes)


@settings(deadline=None)
@given(events, st.integers(), text, st.floats())
def test_numbering_ids_and_times_never_matter(event, lineno, event_id, timestamp):
    moved = replace(
        event,
        event_id=event_id,
        timestamp=timestamp,
        frames=tuple(frame._replace(lineno=lineno, colno=lineno) for frame in event.frames),
        exceptions=tuple(
            one._replace(frames=tuple(frame._replace(lineno=lineno) for frame in one.frames))
            for one in event.exceptions
        ),
    )

    assert group(moved) == group(event)


names = st.text("abcdefgh_", min_size=1, max_size=8)


@settings(deadline=None)
@given(names, names, names, names)
def test_other_own_calls_or_types_make_another_issue(type_, other_type, function, other_function):
    def event(of: str, at: str) -> Event:
        return an_event(ExceptionValue(of, frames=(TOTAL._replace(function=at),)))

    alike = (type_, function) == (other_type, other_function)

    assert same(event(type_, function), event(other_type, other_function)) is alike


addresses = st.from_regex(r"[a-z][a-z0-9.+_-]{0,10}@[a-z]{1,8}\.(com|org)", fullmatch=True)


@settings(deadline=None)
@given(st.integers(), st.uuids(), addresses)
def test_values_in_a_message_never_matter(number, uuid, email):
    said = an_event(message=f"order {number} {uuid} of {email}")

    assert same(said, an_event(message=f"order 7 {'0' * 8}-0000-0000-0000-{'0' * 12} of ana@example.com"))
