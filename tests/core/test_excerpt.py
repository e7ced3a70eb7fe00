"""The few lines of code that a message shows."""

from tocsin.core.event import Event, ExceptionValue, Frame
from tocsin.core.excerpt import CODE_WIDTH, LINES, stack


def a_frame(function: str, **fields) -> Frame:
    return Frame(**{"filename": "shop/cart.py", "function": function, "lineno": 41, "in_app": True, **fields})


def an_event(*frames: Frame, **fields) -> Event:
    raised = ExceptionValue("ValueError", "no", frames=frames)
    return Event("a" * 32, 0.0, **{"exceptions": (raised,), **fields})


def test_the_raise_comes_first():
    assert stack(an_event(a_frame("checkout"), a_frame("total"))).splitlines() == [
        "shop/cart.py, line 41, in total",
        "shop/cart.py, line 41, in checkout",
    ]


def test_only_the_applications_own_calls_are_shown_where_there_are_any():
    shown = stack(an_event(a_frame("checkout"), a_frame("dispatch", filename="lib.py", in_app=False)))

    assert "dispatch" not in shown


def test_a_stack_of_libraries_alone_is_shown_as_it_is():
    assert "dispatch" in stack(an_event(a_frame("dispatch", in_app=False)))


def test_at_most_five_calls_are_shown():
    assert len(stack(an_event(*[a_frame(f"call_{n}") for n in range(200)])).splitlines()) == LINES


def test_the_line_of_code_stands_below_its_call_and_is_cut():
    code = f"    return {'x' * 1000}"

    line = stack(an_event(a_frame("total", context_line=code))).splitlines()[1]

    assert line == "    " + code.strip()[:CODE_WIDTH]


def test_an_exception_without_calls_does_not_hide_those_of_its_cause():
    cause = ExceptionValue("OSError", "", frames=(a_frame("read"),))

    shown = stack(Event("a" * 32, 0.0, exceptions=(cause, ExceptionValue("ValueError", "no"))))

    assert "in read" in shown


def test_a_message_with_a_stack_trace_shows_that():
    assert "in total" in stack(Event("a" * 32, 0.0, frames=(a_frame("total"),)))


def test_an_event_without_a_trace_shows_nothing():
    assert stack(Event("a" * 32, 0.0)) == ""


def test_a_call_that_nothing_is_known_of_is_a_question_mark():
    assert stack(an_event(Frame())) == "?"


def test_of_a_group_the_exception_that_the_title_names_is_shown():
    group = ExceptionValue("ExceptionGroup", "2 failed", frames=(a_frame("gather"),), id=0, is_group=True)
    inside = ExceptionValue("ValueError", "no", frames=(a_frame("total"),), id=1, parent=0)

    shown = stack(Event("a" * 32, 0.0, exceptions=(inside, group)))

    assert "in total" in shown
    assert "in gather" not in shown
