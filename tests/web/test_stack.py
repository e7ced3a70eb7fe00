"""Which calls of a stack trace are open, and which are folded away."""

from tocsin.formats.view import EventView, ExceptionView, FrameView
from tocsin.web.stack import OPEN_FRAMES, Run, raised, runs


def frames(*in_app: bool) -> tuple[FrameView, ...]:
    return tuple(FrameView(f"{n}.py", "", "", n, 0, own) for n, own in enumerate(in_app))


def opened(found: tuple[Run, ...]) -> list[str]:
    return [call.frame.filename for run in found for call in run.calls if call.is_open]


def test_the_raise_stands_on_top():
    assert [call.frame.filename for run in runs(frames(True, True)) for call in run.calls] == ["1.py", "0.py"]


def test_own_code_is_open_and_others_is_not():
    assert opened(runs(frames(False, True, False))) == ["1.py"]


def test_a_recursion_does_not_bury_the_page():
    assert len(opened(runs(frames(*[True] * 200)))) == OPEN_FRAMES


def test_where_all_is_library_code_the_innermost_call_is_open():
    assert opened(runs(frames(False, False, False, False))) == ["3.py"]


def test_three_library_calls_in_a_row_are_folded_and_two_are_not():
    assert [run.is_folded for run in runs(frames(False, False, False, True, False, False))] == [False, False, True]


def test_only_the_raised_exceptions_calls_are_open():
    cause = ExceptionView("KeyError", "", "", "", None, frames(True))
    last = ExceptionView("OrderError", "", "", "", None, frames(True))

    chain = raised(EventView(exceptions=(cause, last)))

    assert [(one.exception.type, one.link, len(opened(one.runs))) for one in chain] == [
        ("OrderError", "", 1),
        ("KeyError", "caused by", 0),
    ]
