"""A project's set-up: the DSN, snippets, keys, and a test error."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from tests.builders import NOW, World, a_member

from tocsin.store.models import AuditEntry, ProjectKey, Refused, Rule
from tocsin.web.snippets import DSN, SNIPPETS, filled
from tocsin.web.throttle import TEST_ERRORS

PAGE = "/acme/projects/shop/"


def dsn_of(world: World) -> str:
    return f"http://{world.key.public_key}@testserver/{world.project.pk}"


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.slug)
def test_every_snippet_carries_the_projects_dsn(ana: Client, world: World, snippet):
    page = ana.get(PAGE, {"sdk": snippet.slug})

    assert dsn_of(world) in page.context["code"]
    assert DSN not in page.context["code"]


def test_an_unknown_sdk_shows_the_first_snippet(ana: Client):
    assert ana.get(PAGE, {"sdk": "cobol"}).context["snippet"] == SNIPPETS[0]


def test_pythons_snippet_is_python():
    compile(filled(SNIPPETS[0], "https://k@example.org/1"), "snippet", "exec")


def test_a_key_that_is_off_is_not_offered_as_the_dsn(ana: Client, world: World):
    off = world.key
    ProjectKey.objects.filter(pk=off.pk).update(is_active=False)
    on = ProjectKey.objects.create(project=world.project, public_key="f" * 32, label="web", date_added=NOW)

    assert on.public_key in ana.get(PAGE).context["dsn"]


def test_without_a_key_the_page_says_that_nothing_can_report(ana: Client):
    ProjectKey.objects.all().delete()

    assert "nothing can report here" in ana.get(PAGE).text


def test_a_new_key_is_audited_without_its_value(ana: Client):
    ana.post(PAGE + "keys/", {"label": "worker"})

    made, entry = ProjectKey.objects.get(label="worker"), AuditEntry.objects.get()
    assert (len(made.public_key), entry.event, made.public_key in str(entry.data)) == (32, "key.add", False)


def test_a_key_is_switched_off_and_on_again(ana: Client, world: World):
    ana.post(f"{PAGE}keys/{world.key.pk}/", {"active": "0"})
    off = ProjectKey.objects.get().is_active
    ana.post(f"{PAGE}keys/{world.key.pk}/", {"active": "1"})

    assert (off, ProjectKey.objects.get().is_active) == (False, True)


def test_a_test_error_leads_to_its_walk(ana: Client, tmp_path: Path, settings):
    settings.TOCSIN = SimpleNamespace(
        spool=tmp_path / "spool.sqlite3",
        wake_socket=tmp_path / "x",
        url="http://testserver",
        broker_url="",
        model_fields_set=set(),
    )

    answer = ana.post(PAGE + "test-error/", follow=True)

    assert answer.redirect_chain[0][0].startswith(PAGE + "walk/")
    assert "Digesting" in answer.text


@pytest.fixture
def spooling(tmp_path: Path, settings) -> None:
    settings.TOCSIN = SimpleNamespace(
        spool=tmp_path / "spool.sqlite3",
        wake_socket=tmp_path / "x",
        url="http://testserver",
        broker_url="",
        model_fields_set=set(),
    )


@pytest.mark.usefixtures("spooling")
def test_a_member_of_the_projects_teams_may_send_a_test_error(client: Client, world: World):
    client.force_login(a_member(world.organization, world.team, email="ben@example.com"))

    assert "Send a test error" in client.get(PAGE).text
    assert client.post(PAGE + "test-error/").status_code == 302


def test_whoever_has_nothing_to_do_with_the_project_may_not_alarm_it(client: Client, world: World):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    assert "Send a test error" not in client.get(PAGE).text
    assert client.post(PAGE + "test-error/").status_code == 403


@pytest.mark.usefixtures("spooling")
def test_an_organization_sends_no_more_than_five_test_errors_a_minute(ana: Client):
    answers = [ana.post(PAGE + "test-error/")["Location"] for _ in range(TEST_ERRORS + 1)]

    assert [answer.startswith(PAGE + "walk/") for answer in answers] == [True] * TEST_ERRORS + [False]
    assert "within a minute" in ana.get(PAGE).text


def test_a_test_error_needs_a_key_as_every_error_does(ana: Client):
    ProjectKey.objects.update(is_active=False)

    assert "Make a key first" in ana.post(PAGE + "test-error/", follow=True).text


def test_a_test_error_cannot_be_sent_by_following_a_link(ana: Client):
    assert ana.get(PAGE + "test-error/").status_code == 405


def test_hostile_labels_stay_text(ana: Client, world: World):
    ProjectKey.objects.update(label="<script>alert(1)</script>")

    assert "<script>alert" not in ana.get(PAGE).text


def test_a_project_without_a_team_is_told_that_nobody_is_told(ana: Client, world: World):
    world.project.project_teams.all().delete()

    assert "nobody to tell" in ana.get(PAGE).text


def test_the_number_of_queries_does_not_grow_with_keys(ana: Client, world: World, django_assert_max_num_queries):
    for number in range(20):
        ProjectKey.objects.create(project=world.project, public_key=f"a{number:031d}", date_added=NOW)

    with django_assert_max_num_queries(12):
        ana.get(PAGE)


def test_the_walk_of_an_id_that_was_never_made_is_not_found(ana: Client):
    assert ana.get(f"{PAGE}walk/{'f' * 32}/").status_code == 404


@pytest.mark.parametrize("event_id", ["1", "Z" * 32, "0" * 33])
def test_what_is_no_event_id_is_not_found(ana: Client, event_id: str):
    assert ana.get(f"{PAGE}walk/{event_id}/").status_code == 404


def test_htmx_is_given_only_the_steps(ana: Client):
    event_id = f"{int(NOW.timestamp() * 1000):012x}" + "0" * 20

    part = ana.get(f"{PAGE}walk/{event_id}/", headers={"HX-Request": "true"}).text

    assert part.startswith('<div id="walk" hx-get="/acme/projects/shop/walk/')
    assert "<html" not in part


def test_without_javascript_the_walk_has_a_link_to_look_again(ana: Client):
    path = f"{PAGE}walk/{int(NOW.timestamp() * 1000):012x}{'0' * 20}/"

    assert f'href="{path}"' in ana.get(path).text


def test_rules_are_said_in_sentences(ana: Client, world: World):
    data = {
        "conditions": [{"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}],
        "filters": [{"id": "sentry.rules.filters.level.LevelFilter", "match": "gte", "level": "50"}],
    }
    Rule.objects.create(project=world.project, label="Fatal", data=data, date_added=NOW)

    page = ana.get(PAGE + "rules/").text

    assert "A new issue is created" in page
    assert "The event&#x27;s level is at least fatal" in page


def test_a_line_that_cannot_run_is_shown_and_never_hidden(ana: Client, world: World):
    data = {"conditions": [{"id": "acme.Mystery"}], "actions": [{"id": "acme.Pigeon"}]}
    rule = Rule.objects.create(project=world.project, label="Old", data=data, date_added=NOW)

    page = ana.get(f"{PAGE}rules/{rule.pk}/").text

    assert "acme.Mystery" in page
    assert "acme.Pigeon" in page


# Limits


def test_a_key_is_limited_and_the_change_audited(ana: Client, world: World):
    ana.post(f"{PAGE}keys/{world.key.pk}/limit/", {"count": "1000", "window": "3600"})

    row, entry = ProjectKey.objects.get(), AuditEntry.objects.get()
    assert (row.rate_limit, row.rate_window, entry.event) == (1_000, 3_600, "key.limit")
    assert "At most 1,000 events in an hour" in ana.get(PAGE).text


def test_a_limit_is_lifted_by_an_empty_number(ana: Client, world: World):
    ProjectKey.objects.update(rate_limit=5, rate_window=60)

    ana.post(f"{PAGE}keys/{world.key.pk}/limit/", {"count": "", "window": "60"})

    assert (ProjectKey.objects.get().rate_limit, ProjectKey.objects.get().rate_window) == (None, None)


def test_what_is_no_limit_is_said_and_nothing_changes(ana: Client, world: World):
    answer = ana.post(f"{PAGE}keys/{world.key.pk}/limit/", {"count": "lots", "window": "60"}, follow=True)

    assert "Give a number of events" in answer.text
    assert ProjectKey.objects.get().rate_limit is None


def test_a_member_sees_the_limit_and_does_not_set_it(client: Client, world: World):
    ProjectKey.objects.update(rate_limit=5, rate_window=60)
    client.force_login(a_member(world.organization, world.team, email="ben@example.com"))

    assert "At most 5 events in a minute" in client.get(PAGE).text
    assert client.post(f"{PAGE}keys/{world.key.pk}/limit/", {"count": "", "window": "60"}).status_code == 403
    assert ProjectKey.objects.get().rate_limit == 5


def test_what_a_key_refused_this_week_stands_beside_it(ana: Client, world: World):
    for ago in (0, 6, 7):
        Refused.objects.create(key=world.key, day=NOW.date() - timedelta(days=ago), count=100)

    with time_machine.travel(NOW, tick=False):
        page = ana.get(PAGE).text

    assert "200 events over the limit refused this week" in page
