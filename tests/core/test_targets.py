"""Whom a target stands for (behaviour §3.3 and §3.4): the sentences of the specification, one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.routing import (
    ANA,
    BEN,
    BOTH,
    CID,
    MAIL,
    NOW,
    OPS,
    WEB,
    Address,
    a_directory,
    post,
    routed,
    steps,
    tell,
    told,
)

from tocsin.core.people import Account, Directory, Person, Preference, Scope, Team
from tocsin.core.plan import Routed
from tocsin.core.reasons import Reason, Verdict

# Targets (§3.3)


def test_a_member_who_is_named_is_told_and_nobody_else():
    outcome = routed(tell("Member", ANA.id))

    assert told(outcome) == ["ana@example.com"]
    assert (ANA.subject, Reason.TARGET_MEMBER) in steps(outcome, Verdict.ADDED)


def test_a_member_of_no_team_of_the_project_is_not_told():
    outcome = routed(tell("Member", CID.id))

    assert told(outcome) == []
    assert steps(outcome, Verdict.REMOVED) == {(CID.subject, Reason.NOT_A_MEMBER)}


@pytest.mark.parametrize("identifier", ["", "99", "ana", "-7", "7.0", "9" * 5000])
def test_a_member_whom_nobody_knows_is_a_line_in_the_trace(identifier):
    outcome = routed(tell("Member", identifier))

    assert told(outcome) == []
    assert [step.reason for step in outcome.trace if step.verdict is Verdict.REMOVED] == [Reason.NOT_A_MEMBER]


def test_a_team_is_told_through_its_members():
    outcome = routed(tell("Team", WEB.id))

    assert told(outcome) == ["ana@example.com", "ben@example.com"]
    assert (WEB.subject, Reason.TEAM_EXPANDED) in steps(outcome, Verdict.MOVED)


def test_a_team_that_is_not_on_the_project_is_not_told():
    outcome = routed(tell("Team", OPS.id))

    assert told(outcome) == []
    assert steps(outcome, Verdict.REMOVED) == {(OPS.subject, Reason.TEAM_NOT_ON_PROJECT)}


def test_a_team_that_is_gone_is_a_line_in_the_trace():
    outcome = routed(tell("Team", 99))

    assert steps(outcome, Verdict.REMOVED) == {("team:99", Reason.TEAM_NOT_ON_PROJECT)}


@pytest.mark.parametrize(
    "action", [tell("Member", ANA.id), tell("Team", WEB.id), tell("IssueOwners")], ids=["Member", "Team", "owners"]
)
def test_a_project_without_teams_tells_nobody_whatever_the_target(action):
    outcome = routed(action, directory=a_directory(project_teams={}))

    assert outcome.planned == ()
    assert steps(outcome, Verdict.REMOVED) == {("rule:1", Reason.NO_TEAM_ON_PROJECT)}


def test_a_project_without_teams_still_writes_to_channels():
    outcome = routed(post(), directory=a_directory(project_teams={}))

    assert told(outcome) == ["#ops"]


# Issue owners (§3.3)


def test_owners_are_told_and_nobody_falls_through():
    outcome = routed(tell(), owner_user_ids=(BEN.id,))

    assert told(outcome) == ["ben@example.com"]
    assert outcome.planned[0].reason == "you own this part of the code"


def test_owners_and_the_assignee_are_told_together():
    outcome = routed(tell(), owner_user_ids=(BEN.id,), assignee_user_id=ANA.id)

    assert set(told(outcome)) == {"ana@example.com", "ben@example.com"}


def test_an_owner_who_is_also_the_assignee_is_told_once_as_owner():
    outcome = routed(tell(), owner_user_ids=(ANA.id,), assignee_user_id=ANA.id)

    assert told(outcome) == ["ana@example.com"]
    assert outcome.planned[0].reason == "you own this part of the code"


def test_an_assigned_team_is_told_through_its_members():
    assert set(told(routed(tell(), assignee_team_id=WEB.id))) == {"ana@example.com", "ben@example.com"}


def test_user_seven_does_not_hide_team_seven():
    """Sentry compares ids alone, so that user 7 hides team 7."""
    assert (ANA.id, WEB.id) == (7, 7)

    outcome = routed(tell(), assignee_user_id=7, owner_team_ids=(7,))

    assert set(told(outcome)) == {"ana@example.com", "ben@example.com"}


def test_an_assignee_who_left_the_project_is_named_in_the_trace_and_it_falls_through():
    outcome = routed(tell(), assignee_user_id=CID.id)

    assert (CID.subject, Reason.NOT_A_MEMBER) in steps(outcome, Verdict.REMOVED)
    assert set(told(outcome)) == {"ana@example.com", "ben@example.com"}


def test_an_assigned_team_that_left_the_project_is_named_in_the_trace_and_it_falls_through():
    outcome = routed(tell(), assignee_team_id=OPS.id)

    assert (OPS.subject, Reason.TEAM_NOT_ON_PROJECT) in steps(outcome, Verdict.REMOVED)
    assert set(told(outcome)) == {"ana@example.com", "ben@example.com"}


# Fallthrough (§3.4)


def crowd(count: int) -> Directory:
    """Members 100, 101 …, each active a minute later than the one before."""
    people = [
        Person(100 + n, f"P{n}", f"p{n}@example.com", last_active=NOW + timedelta(minutes=n)) for n in range(count)
    ]
    return a_directory(
        people={person.id: person for person in people},
        teams={7: Team(7, "web", tuple(person.id for person in people))},
    )


def test_all_members_means_all():
    assert len(told(routed(tell(otherwise="AllMembers"), directory=crowd(50)))) == 50


def test_active_members_means_the_twenty_most_recently_active():
    outcome = routed(tell(otherwise="ActiveMembers"), directory=crowd(50))

    assert told(outcome) == [f"p{n}@example.com" for n in range(49, 29, -1)]


def test_members_who_were_never_here_come_last():
    directory = crowd(20)
    newcomer = Person(99, "New", "new@example.com")
    people = {newcomer.id: newcomer, **directory.people}
    directory = replace(directory, people=people, teams={7: Team(7, "web", tuple(people))})

    outcome = routed(tell(otherwise="ActiveMembers"), directory=directory)

    assert "new@example.com" not in told(outcome)


def test_among_members_who_were_never_here_the_longest_known_come_first():
    outcome = routed(tell(otherwise="ActiveMembers"))

    assert told(outcome) == ["ana@example.com", "ben@example.com"]


@pytest.mark.parametrize("choice", ["NoOne", "", "somebody"])
def test_nobody_is_told_where_the_rule_says_so_or_nothing_that_is_known(choice):
    outcome = routed(tell(otherwise=choice))

    assert outcome.planned == ()
    assert steps(outcome, Verdict.REMOVED) == {("owners", Reason.FALLTHROUGH_NOBODY)}


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("AllMembers", "nobody owns this issue, so every member of the project is told"),
        ("ActiveMembers", "nobody owns this issue, so the project's most recently active members are told"),
    ],
)
def test_the_message_says_that_it_fell_through(choice, words):
    assert {planned.reason for planned in routed(tell(otherwise=choice)).planned} == {words}


# People who are not active


@pytest.mark.parametrize(
    "action",
    [tell("Member", ANA.id), tell("Team", WEB.id), tell()],
    ids=["Member", "Team", "owners"],
)
def test_pending_and_switched_off_members_are_never_told(action):
    asleep = replace(ANA, active=False)
    directory = a_directory(people={ANA.id: asleep, BEN.id: BEN})

    outcome = routed(action, directory=directory)

    assert "ana@example.com" not in [planned.destination.address.to for planned in outcome.planned]


def test_an_issue_whose_only_owner_is_not_active_falls_through():
    directory = a_directory(people={ANA.id: replace(ANA, active=False), BEN.id: BEN})

    outcome = routed(tell(), directory=directory, assignee_user_id=ANA.id)

    assert told(outcome) == ["ben@example.com"]


def test_an_owner_who_is_not_active_is_a_line_in_the_trace():
    directory = a_directory(people={ANA.id: replace(ANA, active=False), BEN.id: BEN})

    outcome = routed(tell(), directory=directory, assignee_user_id=ANA.id)

    assert steps(outcome, Verdict.REMOVED) == {(ANA.subject, Reason.INACTIVE)}


# Teams with a place of their own


def with_channel(*preferences: Preference) -> Directory:
    team = replace(WEB, accounts=(Account("mail", "web@example.com", "web@example.com"),))
    chosen = {WEB.id: preferences} if preferences else {}
    return a_directory(teams={WEB.id: team, OPS.id: OPS}, team_preferences=chosen)


LISTS = replace(
    BOTH, providers={**BOTH.providers, "mail": replace(MAIL, account=lambda one: Address(one.external_id))}
)


def test_a_team_with_a_list_of_its_own_is_told_there_and_its_members_are_not():
    outcome = routed(tell("Team", WEB.id), directory=with_channel(), services=LISTS)

    assert told(outcome) == ["web@example.com"]
    assert (WEB.subject, Reason.TEAM_ACCOUNT) in steps(outcome, Verdict.KEPT)


@pytest.mark.parametrize("provider", ["", "mail"], ids=["the type", "the service"])
def test_a_team_that_wants_it_not_there_is_told_through_its_members(provider):
    never = Preference(50, 0, Scope.TEAM, WEB.id, "alerts", "never", provider)

    outcome = routed(tell("Team", WEB.id), directory=with_channel(never), services=LISTS)

    assert "web@example.com" not in told(outcome)
    assert "ana@example.com" in told(outcome)


def shared(**columns) -> Routed:
    """Ana, whose own address is the team's list, has ended the issue; she is told, and then the team."""
    ana = replace(ANA, email="web@example.com")
    directory = replace(with_channel(), people={ANA.id: ana, BEN.id: BEN}, **columns)
    actions = (tell("Member", ANA.id), tell("Team", WEB.id))
    return routed(*actions, directory=directory, services=LISTS, ended={ANA.id: 12})


def test_a_persons_address_that_is_a_teams_list_is_the_lists():
    (mail,) = [one for one in shared().planned if one.destination.provider == "mail"]

    assert mail.destination.user_id is None


def test_one_reader_who_ended_the_issue_does_not_silence_the_list():
    assert "web@example.com" in told(shared())


def test_one_reader_who_declined_mail_does_not_silence_the_list():
    never = Preference(51, ANA.id, Scope.USER, ANA.id, "alerts", "never", "mail")

    assert "web@example.com" in told(shared(preferences={ANA.id: (never,)}))
