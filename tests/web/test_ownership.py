"""The ownership page: rules, what they would do, CODEOWNERS files and the names in them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.builders import World, a_member, an_event, an_issue

from tocsin.store.models import CodeOwners, ExternalActor, Ownership
from tocsin.web.templatetags.tocsin import tail

PAGE = "/acme/projects/shop/ownership/"
HTMX = {"HX-Request": "true"}


def reported(world: World, filename: str, title: str = "ValueError: no"):
    frames = [{"filename": filename, "in_app": True}]
    issue = an_issue(world.project, title=title)
    an_event(issue, {"exception": {"values": [{"type": "ValueError", "stacktrace": {"frames": frames}}]}})
    return issue


def owners(page) -> list[list[str]]:
    return [[str(found.owner) for found in one.owned] for one in page.context["page"].trial.tried]


def test_recent_issues_stand_with_the_owner_that_the_kept_rules_name(ana: Client, world: World):
    reported(world, "src/cart.py")
    ana.post(PAGE, {"raw": "src/* #acme\r\nsrc/cart.py ana@example.com", "do": "save"})

    page = ana.get(PAGE)
    assert owners(page) == [["ana@example.com", "#acme"]]
    assert "1 of 1 have an owner" in page.text
    assert Ownership.objects.get().raw == "src/* #acme\nsrc/cart.py ana@example.com"


def test_a_text_is_tried_without_being_kept(ana: Client, world: World):
    reported(world, "src/cart.py")

    page = ana.post(PAGE, {"raw": "src/* #acme", "do": "try"})
    assert owners(page) == [["#acme"]]
    assert "not saved" in page.text
    assert not Ownership.objects.exists()


def test_as_one_types_only_what_changes_is_answered(ana: Client, world: World):
    reported(world, "src/cart.py")

    part = ana.post(PAGE, {"raw": "src/* #acme\nlib/* bo", "do": "try"}, headers=HTMX)
    assert "<html" not in part.text
    assert all(f'id="{name}"' in part.text for name in ("trial", "gutter", "problems"))


def test_the_lines_say_which_are_wrong_and_which_fit_a_recent_issue(ana: Client, world: World):
    reported(world, "src/cart.py")

    page = ana.post(PAGE, {"raw": "# ours\nsrc/* #acme\nlib/* bo\n", "do": "try"})
    assert page.context["page"].gutter == ["", "hit", "bad", ""]
    assert "Line 3, column 7: Expected an e-mail address or #team, found “bo”." in page.text


def test_rules_that_do_not_fit_are_not_kept_and_stay_in_the_editor(ana: Client):
    page = ana.post(PAGE, {"raw": "src/* #nobody-here", "do": "save"})

    assert "This owner is not on this project" in page.text
    assert "src/* #nobody-here" in page.text
    assert not Ownership.objects.exists()


def test_a_hostile_text_is_shown_and_not_run(ana: Client):
    page = ana.post(PAGE, {"raw": '<script>alert("x")</script> #acme</textarea><b>', "do": "try"})

    assert "<script>alert" not in page.text
    assert "</textarea><b>" not in page.text


def test_the_choice_of_assignment_is_kept(ana: Client):
    ana.post(PAGE, {"raw": "", "autoAssignment": "Turn off Auto-Assignment", "do": "save"})

    assert not Ownership.objects.get().auto_assignment
    assert 'value="Turn off Auto-Assignment" checked' in ana.get(PAGE).text


def test_an_event_that_cannot_be_read_is_left_out(ana: Client, world: World):
    an_event(an_issue(world.project), payload=None, title="x").__class__.objects.update(payload=b"no zlib")

    assert ana.get(PAGE).context["page"].trial.tried == ()


def test_a_member_of_the_team_changes_rules_and_not_the_assignment(client: Client, world: World):
    client.force_login(a_member(world.organization, world.team, email="bo@example.com"))
    client.post(PAGE, {"raw": "src/* #acme", "autoAssignment": "Turn off Auto-Assignment", "do": "save"})

    kept = Ownership.objects.get()
    assert (kept.raw, kept.auto_assignment) == ("src/* #acme", True)


@pytest.mark.parametrize("where", ["", "files/", "names/"])
def test_a_member_of_another_team_reads_and_tries_alone(client: Client, world: World, where: str):
    client.force_login(a_member(world.organization, email="bo@example.com"))

    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"raw": "src/* #acme", "do": "try"}).status_code == 200
    assert client.post(PAGE + where, {"raw": "* @ana"}).status_code == 403
    assert not Ownership.objects.exists()
    assert not CodeOwners.objects.exists()


def test_a_file_is_imported_by_its_text_or_as_itself(ana: Client):
    ana.post(PAGE + "files/", {"raw": "/src/ ana@example.com\r\n", "repository": "acme/shop", "stackRoot": "/app/"})
    ana.post(PAGE + "files/", {"raw": "", "file": SimpleUploadedFile("CODEOWNERS", b"\xef\xbb\xbf*.py @ana\r\n")})

    assert list(CodeOwners.objects.order_by("pk").values_list("raw", "repository", "stack_root")) == [
        ("/src/ ana@example.com\n", "acme/shop", "/app/"),
        ("*.py @ana\n", "", ""),
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"#" * 400_001, b"* @a\x00", b"#" * 100_001])
def test_a_file_that_is_no_codeowners_file_is_refused_with_a_word(ana: Client, content: bytes):
    page = ana.post(PAGE + "files/", {"file": SimpleUploadedFile("CODEOWNERS", content)}, follow=True)

    assert 'class="flash bad"' in page.text
    assert not CodeOwners.objects.exists()


def test_a_name_that_stands_for_nobody_is_given_to_somebody(ana: Client, world: World):
    reported(world, "src/cart.py")
    ana.post(PAGE + "files/", {"raw": "* @zoe"})
    assert "stand for nobody here" in ana.get(PAGE).text
    ana.post(PAGE + "names/", {"name": "@zoe", "actor": f"team:{world.team.pk}"})

    assert owners(ana.get(PAGE)) == [["#acme"]]


@pytest.mark.parametrize("actor", ["", "user:0", "team:999999", "user:x", "org:1", "user:-1"])
def test_a_name_is_given_to_nobody_outside_the_project(ana: Client, actor: str):
    ana.post(PAGE + "names/", {"name": "@zoe", "actor": actor})

    assert not ExternalActor.objects.exists()


def test_a_file_is_changed_and_removed(ana: Client):
    ana.post(PAGE + "files/", {"raw": "* @ana"})
    file = CodeOwners.objects.get()
    ana.post(f"{PAGE}files/{file.pk}/", {"raw": "*.py @ana", "sourceRoot": "src/"})
    changed = CodeOwners.objects.values_list("raw", "source_root").get()
    ana.post(f"{PAGE}files/{file.pk}/", {"do": "remove"})

    assert (changed, CodeOwners.objects.count()) == (("*.py @ana", "src/"), 0)


def test_the_page_asks_the_same_of_the_database_for_one_issue_and_for_twenty(
    ana: Client, world: World, django_assert_max_num_queries
):
    for number in range(25):
        reported(world, f"src/f{number}.py")

    with django_assert_max_num_queries(22):
        page = ana.get(PAGE)
    assert len(owners(page)) == 20


def test_the_end_of_a_long_path_is_shown():
    assert tail("a/b.py") == "a/b.py"
    assert tail("/very/long/" * 9 + "shop/cart.py", 20) == "…/long/shop/cart.py"
    assert tail("x" * 99, 5) == "…xxxxx"
