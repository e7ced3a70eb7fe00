"""Channels: whether what an id or a name led to is what a rule means, and takes messages."""

from dataclasses import replace

from tocsin.core.channels import PEOPLE, Channel, Unfit, Wanted, among, fitting, missing

OPS = Channel("C1", "ops")
ANA = Channel("U1", "ana", PEOPLE, "ana.b")


def reason(found) -> str:
    assert isinstance(found, Unfit)
    return found.reason


def test_an_id_without_a_name_is_what_it_is():
    assert fitting(Wanted("", "C1"), OPS, "Slack") is OPS


def test_a_name_fits_whatever_the_case_of_its_letters():
    assert fitting(Wanted("OPS", "C1"), OPS, "Slack") is OPS


def test_a_name_that_is_not_the_ids_is_told_with_both():
    said = reason(fitting(Wanted("dev", "C1"), OPS, "Slack"))

    assert "#ops" in said
    assert "#dev" in said


def test_a_person_answers_to_either_of_their_names():
    assert fitting(Wanted("ana.b", "U1", PEOPLE), ANA, "Slack") is ANA


def test_a_conversation_without_a_name_is_taken_by_its_id():
    one = Channel("D1", "")

    assert fitting(Wanted("ana", "D1"), one, "Slack") is one


def test_an_archived_one_is_refused():
    assert "#ops is archived" in reason(fitting(Wanted("ops", "C1"), replace(OPS, is_archived=True), "Slack"))


def test_a_private_one_that_did_not_let_us_in_says_how_it_would():
    private = replace(OPS, is_private=True, is_open=False)

    assert "invite it there with /invite" in reason(fitting(Wanted("ops", "C1"), private, "Slack"))


def test_of_several_of_one_name_none_is_taken_and_each_is_named():
    other = Channel("U2", "ana", PEOPLE, "ana.c")

    said = reason(among(Wanted("ana", listing=PEOPLE), [ANA, other], "Slack"))

    assert "ana.b (U1), ana.c (U2)" in said
    assert "Give the id" in said


def test_of_many_the_first_are_named_and_the_others_counted():
    many = [Channel(f"U{number}", "ana", PEOPLE) for number in range(5)]

    assert "and 2 more" in reason(among(Wanted("ana", listing=PEOPLE), many, "Slack"))


def test_an_archived_one_beside_a_living_one_does_not_count():
    assert among(Wanted("ops"), [replace(OPS, id="C9", is_archived=True), OPS], "Slack") is OPS


def test_where_all_are_archived_it_is_said():
    assert "archived" in reason(among(Wanted("ops"), [replace(OPS, is_archived=True)], "Slack"))


def test_none_of_a_name_is_none():
    assert among(Wanted("ops"), [], "Slack") is None


def test_a_channel_that_is_missing_may_be_private():
    assert "If it is private, invite the app" in missing(Wanted("ops"), "Slack").reason


def test_a_person_who_is_missing_is_nobody():
    assert missing(Wanted("ana", listing=PEOPLE), "Slack").reason.startswith("Nobody is called @ana in Slack")
