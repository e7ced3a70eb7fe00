"""What was pressed is done in groups, and in order where order matters."""

from tests.builders import NOW

from tocsin.core.chat_action import ChatAction, Talker, together
from tocsin.core.subjects import AboutIssue


def an_action(
    issue: int, does: str = "resolved", user: str = "U1", integrations: tuple[int, ...] = (1,)
) -> ChatAction:
    return ChatAction(Talker("slack", "T1", user, user, ""), integrations, AboutIssue(issue), does, NOW)


def asked(*actions: ChatAction) -> list[list[tuple[int, str, str]]]:
    return [[(one.about.id, one.does, one.talker.user) for one in group] for group in together(actions)]


def test_what_one_person_asks_of_several_issues_is_done_together():
    assert asked(an_action(1), an_action(2)) == [[(1, "resolved", "U1"), (2, "resolved", "U1")]]


def test_two_words_are_two_groups():
    assert len(asked(an_action(1), an_action(2, "ignored"))) == 2


def test_two_people_are_two_groups():
    assert len(asked(an_action(1), an_action(2, user="U2"))) == 2


def test_what_comes_through_other_connections_is_a_group_of_its_own():
    assert len(asked(an_action(1), an_action(2, integrations=(1, 2)))) == 2


def test_what_is_asked_of_one_issue_keeps_its_order():
    found = asked(an_action(1, "resolved"), an_action(2, "unresolved"), an_action(1, "unresolved"))

    assert [group for group in found if group[0][0] == 1 or len(group) > 1] == [
        [(1, "resolved", "U1")],
        [(1, "unresolved", "U1")],
    ]


def test_the_same_asked_twice_of_one_issue_is_asked_twice():
    assert asked(an_action(1), an_action(1)) == [[(1, "resolved", "U1")], [(1, "resolved", "U1")]]


def test_nothing_makes_no_group():
    assert together([]) == []
