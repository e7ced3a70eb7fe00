"""A snapshot of an organization: who belongs to a project."""

from tocsin.core.people import Directory, Person, Team

ANA, BEN, EVE = Person(1, "Ana", "ana@example.com"), Person(2, "Ben", "ben@example.com"), Person(3, "Eve", "")


def a_directory(**columns) -> Directory:
    return Directory(
        1,
        people={person.id: person for person in (ANA, BEN, EVE)},
        teams={5: Team(5, "web", (2, 1)), 6: Team(6, "ops", (1,)), 7: Team(7, "sales", (3,))},
        **columns,
    )


def test_a_person_of_two_teams_is_one_member_of_the_project():
    directory = a_directory(project_teams={9: (5, 6)})

    assert directory.members_of(9) == (ANA, BEN)


def test_members_of_other_teams_do_not_belong_to_the_project():
    directory = a_directory(project_teams={9: (7,)})

    assert directory.members_of(9) == (EVE,)


def test_a_project_without_teams_has_no_members():
    assert a_directory().members_of(9) == ()


def test_a_team_or_a_person_that_is_gone_is_passed_over():
    directory = Directory(1, people={1: ANA}, teams={5: Team(5, "web", (1, 2))}, project_teams={9: (5, 6)})

    assert directory.members_of(9) == (ANA,)


def test_subjects_tell_person_seven_from_team_seven():
    assert Person(7, "Ana", "").subject != Team(7, "web").subject
