"""What holds for every organization, rule and choice: nobody is dropped without a word, or told unasked."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.routing import BOTH, ORGANIZATION, PROJECT, SLACK, a_rule, post, tell
from tests.examples import examples

from tocsin.core.choices import nearest
from tocsin.core.people import Connection, Directory, Person, Preference, Scope, Team
from tocsin.core.reasons import SENTENCES, Reason, Verdict
from tocsin.core.route import route
from tocsin.core.targets import Occasion

people = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 3)), min_size=1, max_size=6)
choices = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from([(Scope.USER, 0), (Scope.ORGANIZATION, 1), (Scope.PROJECT, PROJECT), (Scope.PROJECT, 11)]),
        st.sampled_from(["", "mail", "push"]),
        st.sampled_from(["always", "never"]),
    ),
    max_size=8,
)
actions = st.lists(
    st.one_of(
        st.builds(
            tell,
            st.sampled_from(["Member", "Team", "IssueOwners"]),
            st.integers(0, 9),
            st.sampled_from(["AllMembers", "ActiveMembers", "NoOne"]),
        ),
        st.builds(post, st.sampled_from(["#ops", "#web"]), st.integers(2, 4)),
    ),
    max_size=4,
)
connected = st.sets(st.sampled_from(["mail", "push"]))
nobody_or_id = st.none() | st.integers(1, 7)


def an_organization(rows, chosen_rows) -> Directory:
    """People 1, 2 … of team 1 (on the project), 2 (elsewhere) or both; `rows` say active, with e-mail, teams."""
    everybody = [
        Person(n, f"P{n}", f"p{n}@example.com" if mail else "", active=active)
        for n, (active, mail, _) in enumerate(rows, start=1)
    ]
    seats = {team: tuple(n for n, (*_, teams) in enumerate(rows, start=1) if teams & team) for team in (1, 2)}
    preferences: dict[int, tuple[Preference, ...]] = {}
    for number, (user, scope, provider, value) in enumerate(chosen_rows):
        choice = Preference(number, user, *scope, "alerts", value, provider)
        preferences[user] = (*preferences.get(user, ()), choice)
    return Directory(
        ORGANIZATION,
        people={person.id: person for person in everybody},
        teams={team: Team(team, f"t{team}", members) for team, members in seats.items()},
        project_teams={PROJECT: (1,)},
        preferences=preferences,
        connections={3: SLACK, 4: Connection(4, "chat", "Broken", "token_revoked")},
    )


organizations = st.builds(an_organization, people, choices)


@settings(max_examples=examples(300))
@given(organizations, st.lists(actions, max_size=3), connected, nobody_or_id, nobody_or_id)
def test_everyone_who_was_added_is_planned_or_has_a_line_that_removed_them(
    directory, fired, reachable, assignee, team
):
    services = replace(BOTH, reachable=dict.fromkeys(reachable))
    rules = [a_rule(*acts, id=number) for number, acts in enumerate(fired, start=1)]
    occasion = Occasion(PROJECT, assignee_user_id=assignee, assignee_team_id=team)

    outcome = route(rules, occasion, directory, services)

    added = {step.subject for step in outcome.trace if step.verdict is Verdict.ADDED}
    removed = {step.subject for step in outcome.trace if step.verdict in {Verdict.REMOVED, Verdict.SUPPRESSED}}
    moved = {step.subject for step in outcome.trace if step.verdict is Verdict.MOVED}
    planned = {
        f"user:{one.destination.user_id}" if one.destination.user_id else f"channel:{one.destination.label}"
        for one in outcome.planned
    }
    fired_rules = {f"rule:{rule.id}" for rule in rules}
    assert added - fired_rules <= planned | removed | moved
    assert planned <= added
    assert {step.reason for step in outcome.trace} <= set(SENTENCES)


@settings(max_examples=examples(300))
@given(organizations, st.lists(actions, max_size=3), connected)
def test_nobody_outside_the_project_or_asleep_or_unwilling_is_ever_written_to(directory, fired, reachable):
    services = replace(BOTH, reachable=dict.fromkeys(reachable))
    rules = [a_rule(*acts, id=number) for number, acts in enumerate(fired, start=1)]

    outcome = route(rules, Occasion(PROJECT), directory, services)

    members = {person.id: person for person in directory.members_of(PROJECT)}
    going = [one for one in outcome.planned if one.suppressed is None]
    for one in going:
        if one.destination.user_id is not None:
            assert members[one.destination.user_id].active
            assert one.destination.provider in reachable
            mine = directory.preferences.get(one.destination.user_id, ())
            for provider in ("", one.destination.provider):
                choice = nearest(
                    mine, "alerts", provider, {Scope.ORGANIZATION: ORGANIZATION, Scope.PROJECT: PROJECT}
                )
                assert choice is None or choice.value == "always"
    assert len({one.destination.identity for one in outcome.planned}) == len(outcome.planned)
    assert all(one.rule_ids for one in outcome.planned)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_sentence(reason):
    assert SENTENCES[reason]
