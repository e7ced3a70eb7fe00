"""An account is connected by consent: begun here, come back in ten minutes, once, in the same browser."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders import NOW, World, a_member, a_world
from tests.chat.pressing import a_workspace
from tests.pipeline.installing import an_app, answering, granted
from tests.pipeline.sending import to_slack
from tocsin.core.sending import Refused, Retry
from tocsin.pipeline import install
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import change
from tocsin.store.models import AuditEntry, Delivery, Integration, Membership
from tocsin.store.queries import integrations
from tocsin.store.writes import breakers

KEY = "a-key-of-a-session"


@pytest.fixture(autouse=True)
def _an_app(settings):
    an_app(settings)


@pytest.fixture
def world(db) -> World:
    return a_world()


def begun(world: World, again: int | None = None, key: str = KEY, user=None) -> str:
    """The state that goes to Slack."""
    page = install.begin(
        provider=catalogue().providers["slack"],
        organization_id=world.organization.pk,
        organization=world.organization.slug,
        user_id=(user or world.user).pk,
        integration_id=again,
        hears=False,
        key=key,
        now=NOW,
    )
    return parse_qs(urlsplit(page).query)["state"][0]


def finished(world: World, outcome=None, *, again: int | None = None, now=NOW, code="c0de", error="", user=None):
    state = install.opened(begun(world, again, user=user), KEY, (user or world.user).pk, now)
    return install.finish(state, code=code, error=error, now=now, ask=answering(outcome or granted()))


def stored(world: World, integration_id: int):
    found = integrations.stored(world.organization.pk, integration_id)
    assert found is not None
    return found


# — the state


def test_a_state_says_what_was_begun(world):
    state = install.opened(begun(world, 7), KEY, world.user.pk, NOW)

    assert (state.provider, state.organization, state.integration_id) == ("slack", "acme", 7)


@pytest.mark.parametrize("broken", ["", "x", "a:b", "\x00", "W10:1"])
def test_a_state_that_was_not_signed_here_is_none(world, broken):
    with pytest.raises(install.NotInstalledError, match="did not begin here"):
        install.opened(broken, KEY, world.user.pk, NOW)


@pytest.mark.parametrize("key", ["", "another"])
def test_a_state_of_another_browser_is_none(world, key):
    with pytest.raises(install.NotInstalledError, match="another browser"):
        install.opened(begun(world), key, world.user.pk, NOW)


def test_a_state_of_somebody_else_is_none(world):
    ben = a_member(world.organization, email="ben@example.com", role="owner")

    with pytest.raises(install.NotInstalledError, match="somebody else"):
        install.opened(begun(world), KEY, ben.pk, NOW)


def test_a_state_holds_for_ten_minutes(world):
    state = begun(world)

    install.opened(state, KEY, world.user.pk, NOW + timedelta(minutes=10, seconds=-1))
    with pytest.raises(install.NotInstalledError, match="ten minutes"):
        install.opened(state, KEY, world.user.pk, NOW + timedelta(minutes=10))


def test_a_state_works_once(world):
    state = install.opened(begun(world), KEY, world.user.pk, NOW)
    install.finish(state, code="c", error="", now=NOW, ask=answering(granted()))

    with pytest.raises(install.NotInstalledError, match="opened before"):
        install.finish(state, code="c", error="", now=NOW, ask=answering(granted()))


def test_two_that_were_begun_side_by_side_both_hold(world):
    first, second = begun(world), begun(world)

    assert first != second
    assert (
        install.opened(first, KEY, world.user.pk, NOW).digest
        != install.opened(second, KEY, world.user.pk, NOW).digest
    )


# — who may


def test_who_may_not_manage_any_more_connects_nothing(world):
    state = install.opened(begun(world), KEY, world.user.pk, NOW)
    Membership.objects.update(role="member")

    with pytest.raises(install.NotInstalledError, match="may not manage"):
        install.finish(state, code="c", error="", now=NOW, ask=answering(granted()))

    assert not Integration.objects.exists()


def test_without_an_app_nothing_begins(world, settings):
    an_app(settings, slack_client_id="")

    with pytest.raises(install.NotInstalledError, match="No app of Slack is set"):
        begun(world)


# — what comes of it


def test_what_slack_gave_is_kept_encrypted_with_an_audit_entry(world):
    made = finished(world)

    row = Integration.objects.get()
    assert (row.name, row.external_id, row.renew_at, b"xoxb" in bytes(row.settings)) == ("Acme", "T1", None, False)
    assert stored(world, made.id).settings["token"] == "xoxb-1"
    assert (made.is_new, AuditEntry.objects.get().event) == (True, "integration.add")


def test_a_token_that_runs_out_is_renewed_two_thirds_into_its_time(world):
    finished(world, granted(lasts=43200, refresh_token="xoxe-1"))

    assert Integration.objects.get().renew_at == NOW + timedelta(hours=8)


def test_another_workspace_stands_beside_the_first(world):
    finished(world)
    finished(world, granted("T2", "Globex"))

    assert set(Integration.objects.values_list("name", "external_id")) == {("Acme", "T1"), ("Globex", "T2")}


def test_two_workspaces_of_one_name_are_told_apart(world):
    finished(world)
    finished(world, granted("T2", "Acme"))

    assert set(Integration.objects.values_list("name", flat=True)) == {"Acme", "Acme (T2)"}


def test_one_workspace_in_two_organizations_is_a_connection_in_each(world):
    umbra = a_world("umbra", "door", "eve@example.com")
    finished(world, granted(token="xoxb-a"))
    finished(umbra, granted(token="xoxb-b"))

    assert Integration.objects.count() == 2
    assert set(Integration.objects.values_list("organization__slug", "external_id")) == {
        ("acme", "T1"),
        ("umbra", "T1"),
    }


def test_adding_it_again_brings_token_and_scopes_up_to_date_and_keeps_the_rest(world):
    before = a_workspace(world, "Our Slack", team="T1")

    made = finished(world, granted(token="xoxb-2", scopes="chat:write,commands"))

    assert (made.id, made.is_new, made.name) == (before, False, "Our Slack")
    settings = stored(world, before).settings
    assert (settings["token"], settings["scopes"]) == ("xoxb-2", "chat:write,commands")
    assert settings["signing_secret"]


def test_adding_it_again_lets_go_what_was_held(world):
    integration = a_workspace(world, team="T1")
    to_slack(world, integration_id=integration)
    breakers.broke(integration, "revoked")
    assert Delivery.objects.get(provider="slack").state == "held"

    finished(world)

    assert Integration.objects.get().broken == ""
    assert Delivery.objects.get(provider="slack").state == "queued"


def test_another_workspace_than_the_one_to_add_again_changes_nothing(world):
    integration = a_workspace(world, "Our Slack", team="T1")

    with pytest.raises(install.NotInstalledError, match="Globex agreed, and Our Slack was to be added again"):
        finished(world, granted("T2", "Globex"), again=integration)

    assert Integration.objects.get().external_id == "T1"


def test_one_that_was_removed_meanwhile_is_made_anew(world):
    integration = a_workspace(world, team="T1")
    Integration.objects.all().delete()

    assert finished(world, again=integration).is_new


# — what does not


@pytest.mark.parametrize("outcome", [Refused("no"), Retry("later")])
def test_a_refusal_is_said_and_nothing_is_kept(world, outcome):
    with pytest.raises(install.NotInstalledError, match=outcome.reason):
        finished(world, outcome)

    assert not Integration.objects.exists()


def test_denied_consent_is_explained_and_nothing_is_asked(world):
    state, asked = install.opened(begun(world), KEY, world.user.pk, NOW), []

    with pytest.raises(install.NotInstalledError, match="Cancel"):
        install.finish(state, code="", error="access_denied", now=NOW, ask=answering(granted(), asked))

    assert asked == []


def test_neither_code_nor_error_is_explained(world):
    with pytest.raises(install.NotInstalledError, match="no code"):
        finished(world, code="")


# — scopes, and changes by hand


def test_scopes_that_a_workspace_was_not_asked_for_are_known(world):
    made = finished(world)

    lacks = install.lacking(catalogue().providers["slack"], stored(world, made.id), hears=False)
    assert "commands" in lacks
    assert "chat:write" not in lacks


def changed(world: World, integration_id: int, **values):
    return change(
        organization_id=world.organization.pk,
        stored=stored(world, integration_id),
        values=values,
        name="Acme",
        actor_id=world.user.pk,
        now=NOW,
        ask=answering(granted()),
    )


def test_changing_something_else_by_hand_keeps_what_renews_the_token(world):
    made = finished(world, granted(lasts=43200, refresh_token="xoxe-1"))

    changed(world, made.id, signing_secret="new")

    settings = stored(world, made.id).settings
    assert (settings["refresh_token"], settings["signing_secret"]) == ("xoxe-1", "new")
    assert Integration.objects.get().renew_at is not None


def test_another_token_typed_by_hand_is_not_renewed_with_what_belonged_to_the_old_one(world):
    made = finished(world, granted(lasts=43200, refresh_token="xoxe-1"))

    changed(world, made.id, token="xoxb-typed")

    settings = stored(world, made.id).settings
    assert (settings["token"], settings["refresh_token"], settings["scopes"]) == ("xoxb-typed", "", "")
    assert Integration.objects.get().renew_at is None
