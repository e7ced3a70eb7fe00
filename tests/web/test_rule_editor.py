"""The rule editor without JavaScript: a rule made, changed, copied, tried and removed by forms alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member, a_project, an_organization
from tests.pipeline.spooling import a_payload, accepted

from tocsin.core.rule import GROUP
from tocsin.pipeline import backtest
from tocsin.pipeline.digest import digest
from tocsin.store.models import Environment, Integration, Organization, Rule, Team

NEW = "/acme/projects/shop/rules/new/"
EVERYWHERE = "/acme/rules/"
HTMX = {"HX-Request": "true"}
FIRST_SEEN = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"
OFTEN = "sentry.rules.conditions.event_frequency.EventFrequencyCondition"
TAGGED = "sentry.rules.filters.tagged_event.TaggedEventFilter"
LEVEL = "sentry.rules.filters.level.LevelFilter"
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "fallthroughType": "AllMembers"}
UNKNOWN = {"id": "elsewhere.conditions.Moon", "phase": "full", "of": {"deep": [1, 2]}}


@pytest.fixture
def ben(world: World) -> Client:
    """A member of none of the project's teams."""
    other = Team.objects.create(organization=world.organization, slug="other", name="Other", date_added=NOW)
    browser = Client()
    browser.force_login(a_member(world.organization, other, email="ben@example.com"))
    return browser


def a_rule(world: World, **data) -> Rule:
    whole = {"conditions": [{"id": FIRST_SEEN}], "filters": [], "actions": [MAIL], "frequency": 30, **data}
    return Rule.objects.create(project=world.project, label="Tell us", data=whole, date_added=NOW)


def edit(rule: Rule) -> str:
    return f"/acme/projects/shop/rules/{rule.pk}/edit/"


def fields(page) -> dict[str, list[str]]:
    """What the page's form would send, as a browser without JavaScript reads it."""
    form = page.text[page.text.index('id="rule"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    unescape = {"&quot;": '"', "&#x27;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&"}

    def plain(text: str) -> str:
        return re.sub("|".join(unescape), lambda one: unescape[one[0]], text)

    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(plain(value[1]) if value else "")
    for name, body in re.findall(r'<select\b[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        chosen = next((value for value, selected in options if selected), options[0][0])
        found.setdefault(name, []).append(plain(chosen))
    for name, body in re.findall(r'<textarea\b[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(plain(body))
    found.pop("csrfmiddlewaretoken", None)
    return found


def pressed(browser: Client, page, do: str = "save", address: str = "", **typed):
    """The form of a page sent with a button, after something was typed."""
    sent = {**fields(page), **{name.replace("__", "."): value for name, value in typed.items()}, "do": do}
    return browser.post(address or page.wsgi_request.path, sent)


def test_a_rule_is_made_by_forms_alone(ana: Client, world: World):
    page = ana.get(NEW)
    page = pressed(ana, page, "add:conditions:event_frequency")
    page = pressed(ana, page, "add:filters:tagged_event", conditions__1__value="100", conditions__1__interval="1h")
    page = pressed(ana, page, "remove:conditions.0", filters__0__key="customer", filters__0__value="acme")
    saved = pressed(ana, page, name="Busy", frequency="2", **{"frequency.unit": "60", "filters.0.match": "eq"})

    rule = Rule.objects.get()
    assert saved.headers["Location"] == f"/acme/projects/shop/rules/{rule.pk}/"
    assert (rule.label, rule.data["frequency"]) == ("Busy", 120)
    assert [(one["id"], one["value"], one["interval"]) for one in rule.data["conditions"]] == [(OFTEN, "100", "1h")]
    assert [(one["id"], one["key"], one["match"]) for one in rule.data["filters"]] == [(TAGGED, "customer", "eq")]


def test_it_reads_as_a_sentence_with_its_inputs_inline(ana: Client, world: World):
    rule = a_rule(world, conditions=[{"id": OFTEN, "value": 7, "interval": "1h"}])

    text = ana.get(edit(rule)).text
    words = re.sub(
        r"<select.*?</select>|<input[^>]*>|<[^>]+>",
        lambda one: "▢" if one[0][1] in "is" else " ",
        text,
        flags=re.DOTALL,
    )
    assert re.search(r"The number of events in\s+▢", words)


def test_saved_unchanged_it_is_the_same(ana: Client, world: World):
    several = {"id": TAGGED, "key": "note", "match": "eq", "value": "one\ntwo"}
    data = {
        "conditions": [
            {
                "id": GROUP,
                "match": "none",
                "note": "kept",
                "nodes": [{"id": OFTEN, "value": 7, "interval": "1h"}, UNKNOWN],
            },
            UNKNOWN,
            {"id": "tocsin.conditions.activity.ActivityCondition", "types": ["assigned", "note"], "theirs": 1},
        ],
        "filters": [{"id": LEVEL, "match": "gte", "level": "40", "odd": {"a": [None, True]}}, several],
        "actions": [{**MAIL, "uuid": "0c9f2b1e-5a7d-4d5c-9c3e-1f2a3b4c5d6e", "extra": ["x"]}],
        "actionMatch": "any",
        "filterMatch": "none",
        "frequency": 45,
        "wait": 60,
        "hourlyLimit": 9,
        "environments": ["production", "staging"],
        "excludedEnvironments": ["dev"],
    }
    for name in ("production", "staging"):
        Environment.objects.create(project=world.project, name=name, first_seen=NOW)
    rule = a_rule(world, **data)

    assert pressed(ana, ana.get(edit(rule))).status_code == 302

    rule.refresh_from_db()
    assert rule.data == data


def test_its_page_says_where_it_holds_how_often_and_after_which_wait(ana: Client, world: World):
    rule = a_rule(
        world, wait=60, hourlyLimit=9, environments=["production", "staging"], excludedEnvironments=["dev"]
    )

    text = ana.get(f"/acme/projects/shop/rules/{rule.pk}/").text

    assert "production or staging, not dev" in text
    assert "9 times an hour whatever the issue, and only if it still holds after 60 minutes." in text


MAIL_TO = {"id": MAIL["id"], "targetType": "Team"}
SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"


def test_the_page_and_the_lists_say_by_name_who_is_told(ana: Client, world: World):
    acme = Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name="Acme",
        external_id="T1",
        date_added=NOW,
        date_updated=NOW,
    )
    actions = [
        {**MAIL_TO, "targetIdentifier": world.team.pk},
        {**MAIL_TO, "targetType": "Member", "targetIdentifier": str(world.user.pk)},
        {"id": SLACK, "workspace": str(acme.pk), "channel": "#ops"},
    ]
    rule = a_rule(world, actions=actions)
    everywhere = Rule.objects.create(organization=world.organization, label="All", data=rule.data, date_added=NOW)

    project_rules = "/acme/projects/shop/rules/"
    for address in (project_rules, f"{project_rules}{rule.pk}/", f"{project_rules}{everywhere.pk}/", EVERYWHERE):
        text = ana.get(address).text
        assert (
            f"Send a notification to the team #{world.team.slug} · Send a notification to Ana · "
            "Send a notification to the Acme Slack workspace to #ops"
        ) in text


@pytest.mark.parametrize(("chosen", "inline"), [("", False), ("thread", True)])
def test_a_choice_that_is_left_open_waits_behind_more(ana: Client, world: World, chosen: str, inline: bool):
    rule = a_rule(world, actions=[{"id": SLACK, "workspace": "1", "channel": "#ops", "later_alerts": chosen}])

    line = ana.get(edit(rule)).text
    sentence, _, more = line[line.index('id="actions.0"') :].partition("<summary>more</summary>")

    assert ('name="actions.0.later_alerts"' in sentence, 'name="actions.0.later_alerts"' in more) == (
        inline,
        not inline,
    )


def test_only_a_form_that_one_may_change_asks_before_it_is_left(ana: Client, ben: Client, world: World):
    rule = a_rule(world)

    assert 'data-unsaved=""' in ana.get(edit(rule)).text
    assert 'data-unsaved="changed"' in pressed(ana, ana.get(edit(rule)), name="").text
    assert "data-unsaved" not in ben.get(edit(rule)).text


def test_a_projects_list_leads_to_the_editor_of_rules_of_all_projects_where_one_may(
    ana: Client, ben: Client, world: World
):
    rule = Rule.objects.create(organization=world.organization, label="All", data={}, date_added=NOW)
    address = f'href="/acme/rules/{rule.pk}/"'

    assert address in ana.get("/acme/projects/shop/rules/").text
    assert address not in ben.get("/acme/projects/shop/rules/").text


def test_the_editor_of_a_rule_of_all_projects_says_where_it_is_snoozed(ana: Client, world: World):
    rule = Rule.objects.create(organization=world.organization, label="All", data={}, date_added=NOW)

    text = ana.get(f"{EVERYWHERE}{rule.pk}/").text

    assert (
        "When it fired, and <em>Snooze</em>, stand with each project: "
        f'<a href="/acme/projects/shop/rules/{rule.pk}/">'
    ) in text


def test_the_name_of_a_team_of_another_organization_is_not_shown(ana: Client, world: World):
    theirs = an_organization("theirs")
    team = Team.objects.create(organization=theirs, slug="secret", name="Secret", date_added=NOW)
    rule = a_rule(world, actions=[{**MAIL_TO, "targetIdentifier": team.pk}])

    text = ana.get(f"/acme/projects/shop/rules/{rule.pk}/").text

    assert "Send a notification to a team (removed)" in text
    assert "secret" not in text


def test_an_hourly_limit_of_nothing_is_refused_at_its_field_and_an_empty_one_is_none(ana: Client, world: World):
    refused = pressed(ana, ana.get(NEW), name="Limited", hourlyLimit="0")
    saved = pressed(ana, refused, hourlyLimit="")

    assert refused.status_code == 422
    assert set(refused.context["page"].errors) == {"hourlyLimit"}
    assert fields(refused)["hourlyLimit"] == ["0"]
    assert 'placeholder="empty: no limit"' in refused.text
    assert saved.status_code == 302
    assert "hourlyLimit" not in Rule.objects.get().data


def test_a_rule_that_leaves_out_all_that_it_watches_is_refused_at_the_field(ana: Client, world: World):
    Environment.objects.create(project=world.project, name="production", first_seen=NOW)

    refused = pressed(
        ana, ana.get(NEW), name="Nowhere", environments=["production"], excludedEnvironments=["production"]
    )

    assert refused.status_code == 422
    assert set(refused.context["page"].errors) == {"excludedEnvironments"}
    assert "watches no environment and would never fire" in refused.text
    assert not Rule.objects.exists()


def test_a_new_rule_takes_no_line_that_nobody_knows(ana: Client, world: World):
    rule = a_rule(world, conditions=[UNKNOWN])

    page = pressed(ana, ana.get(f"{NEW}?copy={rule.pk}"))

    assert page.status_code == 422
    assert (
        page.context["page"].conditions[0].error
        == "Condition 1: there is no condition or filter 'elsewhere.conditions.Moon'."
    )


def test_an_error_stands_at_its_field_and_what_was_typed_stays(ana: Client, world: World):
    page = pressed(ana, ana.get(NEW), "add:conditions:event_frequency", name="Kept")
    page = pressed(ana, page, conditions__1__value="many", frequency="3")

    assert page.status_code == 422
    shown = page.context["page"]
    assert shown.errors["conditions.1.value"] == "Number must be a whole number, not 'many'."
    assert "frequency must be 5 to 43200" in shown.errors["frequency"]
    assert shown.focus == "conditions.1.value"
    assert page.text.count(" autofocus") == 1
    assert "2 things to mend" in page.text
    assert 'value="many"' in page.text
    assert 'value="Kept"' in page.text
    assert not Rule.objects.exists()


def test_an_error_within_a_group_stands_at_its_line(ana: Client, world: World):
    page = pressed(ana, ana.get(NEW), "add:filters:group", name="Nested")
    page = pressed(ana, page, "add:filters.0:tagged_event")
    page = pressed(ana, page)

    assert page.context["page"].errors == {"filters.0.0.key": "Tag is required."}


def test_an_empty_rule_says_what_it_lacks(ana: Client, world: World):
    page = pressed(ana, pressed(ana, ana.get(NEW), "remove:actions.0"))

    assert set(page.context["page"].errors) == {"name", "actions"}
    assert page.context["page"].focus == "name"


def test_lines_are_moved(ana: Client, world: World):
    rule = a_rule(world, conditions=[{"id": FIRST_SEEN}, {"id": OFTEN, "value": 7, "interval": "1h"}])

    page = pressed(ana, pressed(ana, ana.get(edit(rule)), "up:conditions.1"), address=edit(rule))

    assert page.status_code == 302
    rule.refresh_from_db()
    assert [one["id"] for one in rule.data["conditions"]] == [OFTEN, FIRST_SEEN]


@pytest.mark.parametrize(
    "do", ["add", "add:x:y", "add:conditions:nothing", "up:conditions.99", "remove:..", "down:a.-1", "try:"]
)
def test_what_makes_no_sense_changes_nothing(ana: Client, world: World, do: str):
    page = pressed(ana, ana.get(NEW), do)

    assert page.status_code == 200
    assert len(page.context["page"].conditions) == 1


@pytest.mark.parametrize("kept", ["", "[", "[]", "7", "[" * 5000])
def test_a_line_that_is_none_is_left_out(ana: Client, world: World, kept: str):
    page = ana.post(NEW, {"conditions.0.kept": kept, "do": "save"})

    assert page.status_code == 422
    assert not Rule.objects.exists()


def test_a_hostile_value_is_shown_and_not_run(ana: Client, world: World):
    page = pressed(ana, ana.get(NEW), "add:filters:tagged_event", name='"><script>alert(1)</script>')

    assert "<script>alert" not in page.text


def test_as_lines_change_only_the_sentence_is_answered(ana: Client, world: World):
    sent = {**fields(ana.get(NEW)), "do": "add:filters:level"}
    part = ana.post(NEW, sent, headers=HTMX)

    assert part.text.lstrip().startswith('<div class="sentence"')
    assert part.headers["HX-Trigger-After-Swap"] == "rule-changed"


def test_the_preview_says_what_is_missing_before_anything_is_saved(ana: Client, world: World):
    page = pressed(ana, ana.get(NEW), "add:conditions:event_frequency")
    page = pressed(ana, page, "preview")

    assert page.context["preview"].reasons == ("Condition 2: Number is required.",)
    assert "Nothing was saved" not in page.text


def test_the_preview_stands_beside_what_is_saved(ana: Client, world: World):
    rule = a_rule(world)

    part = ana.post(edit(rule), {**fields(ana.get(edit(rule))), "do": "preview"}, headers=HTMX)

    assert "saved: 0" in part.text
    assert "<html" not in part.text


def test_while_another_rule_is_played_the_preview_waits(ana: Client, world: World):
    sent = {**fields(ana.get(NEW)), "do": "preview"}
    with backtest._playing:
        part = ana.post(NEW, sent, headers=HTMX)

    assert "preview is being worked out" in part.text


def test_a_copy_opens_prefilled_and_an_exact_one_is_refused_with_the_way_to_the_other(ana: Client, world: World):
    rule = a_rule(world)

    page = ana.get(f"{NEW}?copy={rule.pk}")
    assert 'value="Tell us (copy)"' in page.text
    page = pressed(ana, page)

    assert "does exactly the same already" in page.context["page"].errors["name"]
    assert f'<a href="/acme/projects/shop/rules/{rule.pk}/">Open it</a>' in page.text


def test_a_failing_test_refuses_the_rule_and_says_so_at_the_test(ana: Client, world: World):
    tests = [
        {"name": "new ones", "given": {"happened": ["new"]}, "fires": True},
        {"name": "old ones", "given": {"event": {"level": "error"}}, "fires": False},
    ]
    rule = a_rule(world, tests=tests)

    page = pressed(ana, ana.get(edit(rule)), "add:conditions:every_event")
    page = pressed(ana, page, actionMatch="any", address=edit(rule))

    assert [bool(one.error) for one in page.context["page"].tests] == [False, True]
    assert "“old ones” fails: the rule fires" in page.text
    rule.refresh_from_db()
    assert rule.data["tests"] == tests


def test_an_action_is_tried_from_the_editor(ana: Client, world: World):
    page = pressed(ana, ana.get(NEW), "try:actions.0", **{"actions.0.target": f"Member:{world.user.pk}"})

    tried = page.context["page"].tried
    assert tried.path == "actions.0"
    assert tried.answers or tried.reason


def test_a_wrong_action_is_told_at_its_field_when_tried(ana: Client, world: World):
    page = pressed(ana, ana.get(NEW), "try:actions.0", **{"actions.0.target": "Member:999"})

    assert set(page.context["page"].errors) == {"actions.0.targetIdentifier"}


def test_who_may_not_change_it_reads_it_and_who_could(ben: Client, world: World):
    rule = a_rule(world)
    page = ben.get(edit(rule))

    assert "Owners, managers and admins, and members of #acme, may change" in page.text
    assert "disabled" in page.text
    for do in ("save", "add:filters:level", "try:actions.0"):
        assert ben.post(edit(rule), {"do": do}).status_code == 403
    assert ben.get(edit(rule).replace("edit", "remove")).status_code == 403
    assert ben.post(edit(rule).replace("edit", "remove")).status_code == 403
    assert "Duplicate" not in ben.get("/acme/projects/shop/rules/").text


def test_it_is_deleted_after_a_question(ana: Client, world: World):
    rule = a_rule(world)
    address = edit(rule).replace("edit", "remove")

    assert "Delete Tell us?" in ana.get(address).text
    assert Rule.objects.exists()
    assert ana.post(address).headers["Location"] == "/acme/projects/shop/rules/"
    assert not Rule.objects.exists()


def test_a_rule_of_all_projects_is_made_listed_and_switched(ana: Client, ben: Client, world: World):
    saved = pressed(ana, ana.get(f"{EVERYWHERE}new/"), name="Everywhere")
    rule = Rule.objects.get()

    assert rule.organization == Organization.objects.get()
    assert saved.headers["Location"] == f"/acme/rules/{rule.pk}/"
    assert "Everywhere" in ana.get(EVERYWHERE).text
    assert ben.post(f"/acme/rules/{rule.pk}/switch/").status_code == 403
    assert ben.post(f"/acme/rules/{rule.pk}/", {"do": "save"}).status_code == 403
    ana.post(f"/acme/rules/{rule.pk}/switch/", {"do": "off"})
    rule.refresh_from_db()
    assert rule.status == "disabled"


def test_a_rule_of_all_projects_is_edited_with_the_organization(ana: Client, world: World):
    rule = Rule.objects.create(organization=world.organization, label="All", data={}, date_added=NOW)

    assert ana.get(edit(rule)).headers["Location"] == f"/acme/rules/{rule.pk}/"


def test_no_page_makes_a_query_for_each_rule_or_line(ana: Client, world: World, django_assert_max_num_queries):
    lines = [{"id": TAGGED, "key": f"k{number}", "match": "eq", "value": "x"} for number in range(30)]
    rule = a_rule(world, filters=lines, actions=[MAIL] * 20)
    for number in range(20):
        Rule.objects.create(organization=world.organization, label=f"r{number}", data=rule.data, date_added=NOW)

    for address in (edit(rule), EVERYWHERE, "/acme/projects/shop/rules/"):
        with django_assert_max_num_queries(32):
            ana.get(address)


def reported(world: World) -> None:
    """Three events of one issue, 20 minutes apart."""
    for number in range(1, 4):
        at = NOW - timedelta(minutes=20 * number)
        payload = a_payload(number, timestamp=at.timestamp())
        digest([accepted(world.project.pk, payload, place=number, received=at.timestamp())], "5" * 32, at)


@pytest.mark.parametrize(("minutes", "fired"), [("10", 3), ("60", 1)])
def test_the_preview_says_how_often_for_what_and_who_would_hear(
    ana: Client, world: World, minutes: str, fired: int
):
    reported(world)
    page = pressed(ana, ana.get(NEW), "add:conditions:every_event")
    typed = {"frequency": minutes, "actions.0.target": f"Member:{world.user.pk}"}

    page = pressed(ana, page, "preview", **typed)

    shown = page.context["preview"]
    assert shown.found.draft.fired == fired
    assert sum(bool(one.draft) for one in shown.columns) == 1
    assert [(one.short_id, one.count) for one in shown.issues] == [("SHOP-1", fired)]
    assert ("inbox: Ana", fired) in shown.found.draft.told
    assert f'value="{minutes}"' in page.text


def test_the_preview_minds_the_environments_that_are_ticked(ana: Client, world: World):
    reported(world)
    Environment.objects.create(project=world.project, name="staging", first_seen=NOW)

    page = pressed(ana, ana.get(NEW), "preview", environments=["staging"])

    assert page.context["preview"].found.draft.fired == 0
    assert page.context["page"].where == "staging"


def test_the_largest_rule_that_the_api_takes_is_saved_from_the_page(ana: Client, world: World):
    often = [{"id": OFTEN, "value": number, "interval": "1h"} for number in range(50)]
    often[-1] = {"id": GROUP, "match": "all", "nodes": [{**often[0], "value": 60 + number} for number in range(50)]}
    tags = [{"id": TAGGED, "key": f"k{number}", "match": "eq", "value": "x"} for number in range(50)]
    tags[-1] = {"id": GROUP, "match": "any", "nodes": [{**tags[0], "key": f"g{number}"} for number in range(50)]}
    rule = a_rule(world, conditions=often, filters=tags, actions=[MAIL] * 50)

    assert pressed(ana, ana.get(edit(rule))).status_code == 302

    rule.refresh_from_db()
    assert (rule.data["conditions"], rule.data["filters"]) == (often, tags)


def test_a_rule_of_all_projects_is_previewed_in_one_of_them(ana: Client, world: World):
    reported(world)
    a_project(world.organization, world.team, slug="other")

    for slug, fired in (("shop", 1), ("other", 0)):
        page = pressed(ana, ana.get(f"{EVERYWHERE}new/"), "preview", **{"in": slug})
        assert page.context["preview"].found.draft.fired == fired


@pytest.mark.parametrize(("asked", "days"), [("1", 1), ("14", 14), ("", 7), ("900", 7), ("x", 7)])
def test_the_preview_plays_days_that_can_be_chosen(ana: Client, world: World, asked: str, days: int):
    assert pressed(ana, ana.get(NEW), "preview", days=asked).context["preview"].days == days


def test_the_pickers_say_what_a_line_looks_at(ana: Client, world: World):
    page = ana.get(NEW).context["page"]

    assert [title for title, _ in page.when_picker] == ["What becomes of the issue", "How often it happens"]
    assert [title for title, _ in page.if_picker] == ["The issue", "The event", "The release"]
    words = {said for _, some in page.if_picker for _, said in some}
    assert {"The event's attribute …", "The event's tag …", "The issue is older or newer than …"} <= words


def test_it_is_copied_and_edited_from_the_list_and_from_its_page(ana: Client, world: World):
    rule = a_rule(world)

    for address in ("/acme/projects/shop/rules/", f"/acme/projects/shop/rules/{rule.pk}/"):
        text = ana.get(address).text
        assert edit(rule) in text
        assert f"{NEW}?copy={rule.pk}" in text
