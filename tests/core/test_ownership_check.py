"""What may be stored as ownership rules (behaviour §4.5)."""

import pytest

from tocsin.core.ownership_check import MOST_CHARACTERS, Resolvable, check

HERE = Resolvable(people={"ana@example.com": 7}, teams={"web": 3})


def test_rules_are_kept_with_the_ids_of_their_owners():
    found = check("src/* #web Ana@example.com", HERE)

    assert found.is_good
    assert [(owner.identifier, owner.id) for owner in found.rules[0].owners] == [("web", 3), ("ana@example.com", 7)]


def test_owners_who_are_not_on_the_project_are_named_together_and_sorted():
    found = check("a zoe@example.com\nb #ops ana@example.com\nc bo@example.com #ops", HERE)

    assert found.reasons() == ["These owners are not on this project: #ops, bo@example.com, zoe@example.com."]


def test_an_unknown_owner_has_its_place():
    found = check("\n  #web  #web-ops #we", Resolvable(teams={"web": 3}))
    assert found.is_good

    found = check("x #we-b #we", Resolvable(teams={"we-b": 1}))
    assert [(one.line, one.column) for one in found.problems] == [(1, 9)]


def test_what_cannot_be_read_is_named_with_its_line_and_rule():
    assert check("a #web\nb bo", HERE).reasons() == [
        "Line 2, column 3: Expected an e-mail address or #team, found “bo”. In “b bo”."
    ]


def test_codeowners_are_not_written_by_hand():
    assert "imported CODEOWNERS" in check("codeowners:/src/ #web", HERE).reasons()[0]


@pytest.mark.parametrize(("length", "before", "good"), [(0, 0, True), (1, 0, False), (1, 1, True), (2, 1, False)])
def test_a_text_over_the_limit_is_refused_unless_it_was_as_long(length, before, good):
    raw = "#" * (MOST_CHARACTERS + length)

    assert check(raw, HERE, length_before=MOST_CHARACTERS + before).is_good is good


def test_problems_stand_in_the_texts_order():
    found = check("a #ops\nb bo\ncodeowners:c #web", HERE)

    assert [one.line for one in found.problems] == [1, 2, 3]
