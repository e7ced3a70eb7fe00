"""Looking channels up: by id, by name through a listing that is kept, and no more often than the service likes."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world, an_organization
from tests.pipeline.sending import connected
from tests.pipeline.workspace import ANA, OPS, Workspace, a_person, a_room, by_http, refused, too_many
from tocsin.core.channels import PEOPLE, ROOMS, Channel, Unfit, Wanted
from tocsin.core.sending import Failure
from tocsin.pipeline.channel_listing import MOST_PAGES, OLD, list_due
from tocsin.pipeline.channel_place import PAUSE, Unchecked, Waits, Way, place
from tocsin.pipeline.channels import FRESH, look_up, suggestions
from tocsin.store.models import Channel as Row
from tocsin.store.models import ChannelListing, Integration

SOON = NOW + timedelta(seconds=10)


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def slack() -> Workspace:
    return Workspace()


@pytest.fixture
def integration(world: World) -> int:
    return connected(world)


@pytest.fixture
def look(world: World, integration: int, slack: Workspace):
    """Looks up a name ("#ops", "@ana") or an id for ten seconds."""

    def looked(name: str = "", id_: str = "", seconds: int = 10):
        here = place(world.organization.pk, integration, slack.way)
        return look_up(here, here.channels.wanted(name, id_), slack.time + timedelta(seconds=seconds))

    return looked


def many(count: int) -> list[dict]:
    return [a_room(f"C{number:08}", f"room-{number:05}") for number in range(count)]


def test_a_name_is_found_in_the_listing(look):
    assert look("#ops").id == OPS["id"]


def test_a_name_is_found_whatever_the_case_of_its_letters(look):
    assert look("#OPS").id == OPS["id"]


def test_what_was_told_five_minutes_ago_is_believed(look, slack):
    look("#ops")
    slack.asked.clear()
    slack.time += FRESH - timedelta(seconds=1)

    assert look("#ops").id == OPS["id"]
    assert slack.asked == []


def test_what_was_told_earlier_is_asked_again_by_its_id_alone(look, slack):
    look("#ops")
    slack.asked.clear()
    slack.time += FRESH

    assert look("#ops").id == OPS["id"]
    assert slack.methods == ["conversations.info"]


def test_a_channel_that_was_archived_since_is_refused(look, slack):
    look("#ops")
    slack.rooms = [{**OPS, "is_archived": True}]
    slack.time += FRESH

    assert "archived" in look("#ops").reason


def test_what_was_mended_a_moment_ago_is_fit(look, slack):
    slack.rooms = [{**OPS, "is_archived": True}]
    assert isinstance(look("#ops"), Unfit)
    assert isinstance(look("#ops", OPS["id"]), Unfit)

    slack.rooms = [OPS]

    assert look("#ops", OPS["id"]).id == OPS["id"]
    assert look("#ops").id == OPS["id"]


def test_a_channel_that_was_renamed_a_moment_ago_has_its_new_name(look, slack):
    look("#ops")
    slack.rooms = [{**OPS, "name": "operations"}]

    assert look("#operations", OPS["id"]).name == "operations"


def test_a_private_channel_that_let_us_in_a_moment_ago_is_found_by_its_id(look, slack):
    slack.rooms = [a_room("C0000SEC1", "secret", is_private=True)]
    look("#secret", "C0000SEC1")

    slack.rooms = [a_room("C0000SEC1", "secret", is_private=True, is_member=True)]

    assert look("#secret", "C0000SEC1").id == "C0000SEC1"


def test_the_old_name_of_a_renamed_channel_is_no_name(look, slack):
    look("#ops")
    slack.rooms = [{**OPS, "name": "operations"}]
    slack.time += FRESH

    assert isinstance(look("#ops"), Unfit)
    assert look("#operations").id == OPS["id"]


def test_a_slack_that_does_not_answer_leaves_what_was_told_before_open(look, slack):
    look("#ops")
    slack.time += FRESH
    slack.next.append(Failure("could not connect"))

    assert isinstance(look("#ops"), Waits)


def test_a_channel_that_was_deleted_is_forgotten(look, slack):
    look("#ops")
    slack.rooms = []
    slack.time += FRESH

    assert "There is no channel #ops" in look("#ops").reason
    assert not Row.objects.exists()


def test_a_channel_that_was_made_just_now_is_found(look, slack):
    assert isinstance(look("#new"), Unfit)
    slack.rooms.append(a_room("C0000NEW1", "new"))
    slack.time += timedelta(seconds=15)

    assert look("#new").id == "C0000NEW1"


def test_a_name_that_is_not_there_does_not_read_the_listing_each_time(look, slack):
    look("#nowhere")
    slack.asked.clear()

    assert isinstance(look("#nowhere"), Unfit)
    assert slack.asked == []


def test_a_private_channel_without_us_is_explained(look, slack):
    slack.rooms = [a_room("C0000SEC1", "secret", is_private=True)]

    assert "If it is private, invite the app there with /invite" in look("#secret").reason


def test_a_private_channel_with_us_is_found(look, slack):
    slack.rooms = [a_room("C0000SEC1", "secret", is_private=True, is_member=True)]

    assert look("#secret").id == "C0000SEC1"


def test_an_id_of_a_private_channel_without_us_is_explained(look, slack):
    slack.rooms = [a_room("C0000SEC1", "secret", is_private=True)]

    assert "#secret is private and the app is not in it" in look("#secret", "C0000SEC1").reason


def test_an_id_of_another_name_is_told_with_both(look):
    said = look("#dev", OPS["id"]).reason

    assert "#ops" in said
    assert "#dev" in said


def test_an_id_that_is_not_there_is_refused(look):
    assert "no channel of this id" in look("#ops", "C0NOWHERE").reason


def test_a_person_is_found_by_either_name(look):
    assert look("@ana").id == ANA["id"]
    assert look("@ana.b").id == ANA["id"]


def test_two_people_of_one_name_are_both_named(look, slack):
    slack.people.append(a_person("U0000ANA2", "Ana", "ana.c"))

    said = look("@ana").reason

    assert "ana.b (U0000ANA1)" in said
    assert "ana.c (U0000ANA2)" in said


def test_one_of_two_people_of_one_name_is_taken_by_the_id(look, slack):
    slack.people.append(a_person("U0000ANA2", "Ana", "ana.c"))

    assert look("@ana", "U0000ANA2").id == "U0000ANA2"


def test_a_person_who_is_known_by_id_alone_may_share_the_name(look, slack):
    slack.people.append(a_person("U0000ANA2", "Ana", "ana.c"))
    look("@ana", "U0000ANA2")

    assert "Several are called @ana" in look("@ana").reason


def test_names_without_their_scope_are_refused_with_it(look, slack):
    slack.next.append(refused("missing_scope", needed="channels:read"))

    assert "channels:read" in look("#ops").reason


def test_an_id_stands_where_a_scope_is_missing(look, slack):
    slack.next.append(refused("missing_scope", needed="channels:read"))

    assert isinstance(look("#ops", OPS["id"]), Unchecked)


def test_a_service_that_asks_to_wait_is_waited_for(look, slack):
    slack.next.append(too_many(30))

    found = look("#ops")

    assert found == Waits("Slack asks to wait (HTTP 429).", NOW + timedelta(seconds=30))


def test_nobody_asks_before_the_wait_is_over(look, slack):
    slack.next.append(too_many(30))
    look("#ops")
    slack.asked.clear()
    slack.time += timedelta(seconds=29)

    assert isinstance(look("#ops"), Waits)
    assert slack.asked == []
    slack.time += timedelta(seconds=1)
    assert isinstance(look("#ops"), Channel)


def test_a_service_that_does_not_answer_is_asked_again_soon(look, slack):
    slack.next.append(Failure("could not connect"))

    assert look("#ops").again == NOW + PAUSE


def test_ten_thousand_channels_are_eleven_pages_and_the_last_is_found(look, slack):
    slack.rooms = many(10_000)

    assert look("#room-09999").id == "C00009999"
    assert slack.methods == ["conversations.list"] * 11


def test_a_name_on_the_first_page_needs_no_other(look, slack):
    slack.rooms = many(10_000)

    look("#room-00001")

    assert slack.methods == ["conversations.list"]


def test_what_the_time_did_not_suffice_for_goes_on_where_it_stopped(look, slack):
    slack.rooms, slack.passes = many(10_000), timedelta(seconds=2)

    assert isinstance(look("#room-09999"), Waits)
    assert len(slack.asked) == 5
    assert look("#room-09999", seconds=60).id == "C00009999"
    assert [asked.get("cursor") for _, asked in slack.asked][5:7] == ["4995", "5994"]


def test_a_429_in_the_middle_loses_nothing_that_was_read(look, slack):
    slack.rooms, slack.passes = many(10_000), timedelta(seconds=2)
    look("#room-09999")
    slack.next.append(too_many(20))

    found = look("#room-09999")

    assert found.again == slack.time - slack.passes + timedelta(seconds=20)
    slack.time = found.again
    assert look("#room-09999", seconds=60).id == "C00009999"
    assert sum(method == "conversations.list" for method in slack.methods) == 12


def test_two_who_look_at_once_do_not_both_read(look, slack, integration):
    ChannelListing.objects.create(integration_id=integration, listing=ROOMS, busy_until=SOON)

    assert isinstance(look("#ops"), Waits)
    assert slack.asked == []


def test_a_listing_without_an_end_is_given_up(look, slack):
    slack.is_endless = True

    assert "give the channel's id" in look("#nowhere").reason
    assert len(slack.asked) == MOST_PAGES


def test_another_organizations_connection_cannot_be_looked_into(integration, slack, world):
    assert place(an_organization("other").pk, integration, slack.way) is None


def test_over_real_sockets_a_page_of_a_thousand_is_read_whole(world, slack, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"outbound_allow": "127.0.0.0/8"})
    slack.rooms = [{**one, "purpose": {"value": "x" * 300}} for one in many(2_000)]
    with by_http(slack) as api:
        here = place(world.organization.pk, connected(world, api_url=api), Way(now=lambda: NOW))

        found = look_up(here, Wanted("room-01999"), SOON)

    assert found.id == "C00001999"
    assert slack.methods == ["conversations.list"] * 3


def test_suggestions_begin_with_what_is_typed_then_hold_it(world, integration, look, slack):
    slack.rooms = [OPS, a_room("C2", "dev-ops"), a_room("C3", "ops-eu"), a_room("C4", "random")]
    look("#nowhere")

    found = suggestions(world.organization.pk, integration, "#ops", NOW)

    assert [one.name for one in found] == ["#ops", "#ops-eu", "#dev-ops"]


def test_an_archived_channel_is_not_suggested(world, integration, look, slack):
    slack.rooms = [{**OPS, "is_archived": True}]
    look("#nowhere")

    assert suggestions(world.organization.pk, integration, "ops", NOW) == []


def test_a_percent_sign_is_a_letter_of_a_name(world, integration, look, slack):
    look("#nowhere")

    assert suggestions(world.organization.pk, integration, "%", NOW) == []


def test_people_are_suggested_after_their_sign_by_the_name_that_is_theirs_alone(world, integration, look):
    look("@nobody")

    [found] = suggestions(world.organization.pk, integration, "@a", NOW)

    assert (found.name, found.about) == ("@ana.b", "ana")
    assert look(found.name).id == ANA["id"]


def test_there_are_twenty_suggestions_at_most(world, integration, look, slack):
    slack.rooms = many(50)
    look("#nowhere")

    assert len(suggestions(world.organization.pk, integration, "room", NOW)) == 20


def test_to_suggest_takes_five_queries_however_many_channels(
    world, integration, look, slack, django_assert_max_num_queries
):
    slack.rooms = many(2_000)
    look("#nowhere")

    with django_assert_max_num_queries(5):
        suggestions(world.organization.pk, integration, "#room-1", NOW)


def test_the_first_suggestion_asks_the_worker_for_the_listing(world, integration, slack):
    assert suggestions(world.organization.pk, integration, "o", NOW) == []

    list_due(slack.way)

    assert [one.name for one in suggestions(world.organization.pk, integration, "o", NOW)] == ["#ops"]


def test_what_was_read_in_part_is_read_to_its_end_for_who_types(world, integration, look, slack):
    slack.rooms = many(2_000)
    look("#room-00001")

    suggestions(world.organization.pk, integration, "#room-019", NOW)
    list_due(slack.way)

    assert len(suggestions(world.organization.pk, integration, "#room-019", NOW)) == 20


def test_another_organization_is_suggested_nothing(world, integration, look):
    look("#nowhere")

    assert suggestions(an_organization("other").pk, integration, "#ops", NOW) == []


def test_the_worker_reads_an_old_listing_again(look, slack):
    look("#nowhere")
    slack.asked.clear()
    slack.time += OLD + timedelta(seconds=1)

    assert list_due(slack.way) == 1
    assert slack.methods == ["conversations.list"]


def test_an_old_listing_that_cannot_be_read_is_tried_once_an_hour(look, slack):
    look("#nowhere")
    slack.time += OLD * 2
    slack.asked.clear()
    slack.next.append(refused("missing_scope"))

    for _ in range(5):
        list_due(slack.way)
        slack.time += timedelta(minutes=10)
    assert len(slack.asked) == 1

    slack.time += timedelta(minutes=20)
    assert list_due(slack.way) == 1


def test_what_was_read_in_part_is_read_to_its_end_a_day_later(look, slack):
    slack.rooms = many(2_000)
    look("#room-00001")
    slack.time += OLD + timedelta(seconds=1)

    assert list_due(slack.way) == 1


def test_a_connection_whose_settings_cannot_be_read_is_not_asked_for_ever(world, integration, slack):
    suggestions(world.organization.pk, integration, "o", NOW)
    Integration.objects.update(settings=b"")

    list_due(slack.way)

    assert not ChannelListing.objects.get().wanted


def test_the_worker_leaves_a_young_listing_alone(look, slack):
    look("#nowhere")
    slack.asked.clear()

    assert list_due(slack.way) == 0
    assert slack.asked == []


def test_the_worker_leaves_a_broken_connection_alone(look, slack):
    look("#nowhere")
    Integration.objects.update(broken="revoked")
    slack.time += OLD * 2
    slack.asked.clear()

    list_due(slack.way)

    assert slack.asked == []


def test_a_listing_that_cannot_be_read_is_not_asked_for_at_each_letter(world, integration, slack):
    slack.next.append(refused("missing_scope"))

    for typed in ("o", "op", "ops"):
        suggestions(world.organization.pk, integration, typed, NOW)
        list_due(slack.way)

    assert slack.methods == ["conversations.list"]


def test_people_and_rooms_are_listed_each_for_itself(look, slack):
    look("#ops")

    assert not Row.objects.filter(listing=PEOPLE).exists()
