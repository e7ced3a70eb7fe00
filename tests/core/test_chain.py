"""Which exceptions name an event when several failed at once."""

from tocsin.core.chain import innermost, raised, significant
from tocsin.core.event import Event, ExceptionValue, Frame

GROUP = ExceptionValue("ExceptionGroup", "2 failed", id=0, is_group=True)
KEY = ExceptionValue("KeyError", "'sku'", id=1, parent=0)
VALUE = ExceptionValue("ValueError", "no cart", id=2, parent=0)


def test_a_plain_chain_is_taken_as_it_stands():
    chain = (ExceptionValue("KeyError"), ExceptionValue("ValueError"))

    assert significant(chain) == chain


def test_a_group_of_one_is_named_by_what_is_inside():
    event = Event("a" * 32, 1.0, exceptions=(KEY, GROUP))

    assert raised(event) == KEY


def test_a_group_of_many_keeps_its_own_name():
    assert significant((VALUE, KEY, GROUP)) == (KEY, VALUE, GROUP)


def test_a_group_inside_a_group_is_opened_too():
    inner = ExceptionValue("ExceptionGroup", "1 failed", id=3, parent=0, is_group=True)
    deep = ExceptionValue("OSError", id=4, parent=3)

    assert significant((deep, inner, GROUP)) == (deep,)


def test_a_group_that_holds_nothing_is_all_there_is():
    assert significant((GROUP,)) == (GROUP,)


def test_an_event_without_exception_has_none():
    assert raised(Event("a" * 32, 1.0)) is None


def test_the_innermost_own_call_is_to_blame_else_the_innermost():
    own, library = Frame(function="total", in_app=True), Frame(function="handle")

    assert (innermost((own, library)), innermost((library,)), innermost(())) == (own, library, None)
