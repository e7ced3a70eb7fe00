"""Who hears of what happens to an issue or a release (behaviour §3.6): the sentences of the specification."""

from dataclasses import replace

import pytest
from tests.core.routing import (
    ANA,
    BEN,
    CID,
    MAIL,
    MAIL_ONLY,
    OPS,
    ORGANIZATION,
    PROJECT,
    PUSH,
    WEB,
    a_directory,
    steps,
    told,
)

from tocsin.core.follow import (
    Asked,
    Because,
    Follower,
    News,
    Release,
    tell_followers,
    tell_members,
    tell_of_deploy,
)
from tocsin.core.people import Directory, OrganizationDefault, Preference, Scope
from tocsin.core.plan import Routed, Services
from tocsin.core.reasons import Reason, Verdict


def follows(person, **columns) -> Follower:
    return Follower(50 + person.id, person.id, None, **columns)


def chose(person, value: str, type_: str = "workflow", scope=Scope.PROJECT, scope_id=PROJECT) -> Preference:
    return Preference(40 + person.id, person.id, scope, scope_id, type_, value)


def here(*choices: Preference, **columns) -> Directory:
    by_user: dict[int, tuple[Preference, ...]] = {}
    for choice in choices:
        by_user[choice.user_id] = (*by_user.get(choice.user_id, ()), choice)
    return a_directory(preferences=by_user, **columns)


def heard(*followers: Follower, directory: Directory | None = None, actor: int | None = None) -> Routed:
    news = News(PROJECT, "Resolved issue", "activity:1", actor, followers)
    return tell_followers(news, directory or a_directory(), MAIL_ONLY)


ANA_ADDRESS, BEN_ADDRESS = "ana@example.com", "ben@example.com"


@pytest.mark.parametrize(
    ("value", "subscription", "is_told"),
    [
        ("never", None, False),
        ("never", True, False),
        ("always", None, True),
        ("always", False, False),
        ("always", True, True),
        ("subscribe_only", True, True),
        ("subscribe_only", False, False),
        ("subscribe_only", None, False),
        (None, True, True),
        (None, None, False),
    ],
)
def test_the_choice_and_the_subscription_decide(value, subscription, is_told):
    """The table of behaviour §3.6; None is no choice, or no row."""
    directory = here(chose(ANA, value)) if value else here()
    followers = () if subscription is None else (follows(ANA, is_active=subscription),)

    assert bool(told(heard(*followers, directory=directory))) is is_told


def test_the_actor_does_not_hear_of_what_they_did():
    outcome = heard(follows(ANA), follows(BEN), actor=ANA.id)

    assert told(outcome) == [BEN_ADDRESS]
    assert (ANA.subject, Reason.OWN_ACTIVITY) in steps(outcome, Verdict.REMOVED)


def test_the_actor_hears_if_they_want_to():
    people = {ANA.id: replace(ANA, hears_own_activity=True), BEN.id: BEN}

    assert told(heard(follows(ANA), directory=a_directory(people=people), actor=ANA.id)) == [ANA_ADDRESS]


def test_a_follower_who_left_the_project_is_a_line_of_the_trace():
    outcome = heard(follows(CID))

    assert told(outcome) == []
    assert steps(outcome, Verdict.REMOVED) == {(CID.subject, Reason.NOT_A_MEMBER)}


def test_who_unsubscribed_is_a_line_of_the_trace_with_its_row():
    outcome = heard(follows(ANA, is_active=False))

    (step,) = [step for step in outcome.trace if step.reason is Reason.UNSUBSCRIBED]
    assert step.cause == "subscription:57"


@pytest.mark.parametrize("because", list(Because))
def test_each_reason_to_follow_is_told_to_the_follower(because):
    (planned,) = heard(follows(ANA, because=because.value)).planned

    assert planned.reason.startswith(("you ", "a team of yours"))


def test_an_unknown_reason_of_an_old_row_is_told_in_general():
    (planned,) = heard(follows(ANA, because="legacy")).planned

    assert planned.reason == "you follow this issue"


def test_a_team_that_follows_is_told_through_its_members():
    outcome = heard(Follower(1, None, WEB.id))

    assert told(outcome) == [ANA_ADDRESS, BEN_ADDRESS]


def test_a_member_who_unsubscribed_stays_out_of_a_team_that_follows():
    outcome = heard(follows(ANA, is_active=False), Follower(1, None, WEB.id))

    assert told(outcome) == [BEN_ADDRESS]


def test_a_team_that_left_the_project_is_not_told():
    outcome = heard(Follower(1, None, OPS.id))

    assert steps(outcome, Verdict.REMOVED) == {("team:8", Reason.TEAM_NOT_ON_PROJECT)}


def test_who_follows_as_person_and_as_team_is_told_once():
    assert told(heard(follows(ANA), Follower(1, None, WEB.id))) == [ANA_ADDRESS, BEN_ADDRESS]


def test_where_the_organization_says_always_everyone_hears_but_who_chose_otherwise():
    defaults = (OrganizationDefault(1, "workflow", "always"),)

    assert told(heard(directory=here(chose(BEN, "subscribe_only"), defaults=defaults))) == [ANA_ADDRESS]


def test_a_choice_elsewhere_says_nothing_here():
    assert told(heard(directory=here(chose(ANA, "always", scope_id=99)))) == []


def test_nobody_who_merely_is_there_is_a_line_of_the_trace():
    assert [step.reason for step in heard().trace] == [Reason.ACTIVITY]


# Deploys


def deployed(*committers, directory: Directory | None = None, actor: int | None = None) -> Routed:
    release = Release((PROJECT,), frozenset(one.id for one in committers), "1.4.3", "deploy:1", actor)
    return tell_of_deploy(release, directory or a_directory(), MAIL_ONLY)


@pytest.mark.parametrize(
    ("value", "committed", "is_told"),
    [
        (None, True, True),
        (None, False, False),
        ("committed_only", True, True),
        ("committed_only", False, False),
        ("always", False, True),
        ("always", True, True),
        ("never", True, False),
    ],
)
def test_deploys_are_told_to_who_committed_or_wants_all(value, committed, is_told):
    directory = here(chose(ANA, value, "deploy", Scope.ORGANIZATION, ORGANIZATION)) if value else here()

    assert bool(told(deployed(*([ANA] if committed else []), directory=directory))) is is_told


def test_deploy_choices_of_a_single_project_do_not_count():
    assert told(deployed(directory=here(chose(ANA, "always", "deploy")))) == []


def test_a_committer_outside_the_projects_is_not_told():
    assert told(deployed(CID)) == []


def test_the_committer_is_told_so():
    (planned,) = deployed(ANA).planned

    assert planned.reason == "you have a commit in this release"


# Approvals and the like


def test_named_members_are_told_unless_they_said_never():
    asked = Asked((ANA.id, BEN.id, 99), "Join request", "request:1")
    directory = here(chose(BEN, "never", "approval", Scope.ORGANIZATION, ORGANIZATION))

    assert told(tell_members(asked, directory, MAIL_ONLY)) == [ANA_ADDRESS]


@pytest.mark.parametrize(
    ("type_", "services"), [("reports", ["email"]), ("quota", ["email", "push"]), ("approval", ["email", "push"])]
)
def test_reports_come_by_mail_and_everything_else_by_every_service(type_, services):
    both = Services({"email": replace(MAIL, slug="email"), "push": PUSH}, {"email": None, "push": None})
    asked = Asked((ANA.id,), "Report", "week:1", type_)

    outcome = tell_members(asked, a_directory(), both)

    assert [one.destination.provider for one in outcome.planned] == services
