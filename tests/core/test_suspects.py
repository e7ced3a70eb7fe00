"""Which commit most likely broke it."""

from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.event import Frame
from tocsin.core.suspects import FRAMES, SuspectCommit, Touched, commit_url, names, own_paths, suspect


def own(filename: str, **columns) -> Frame:
    return Frame(filename=filename, in_app=True, **columns)


def touched(commit: str, path: str, day: int = 0) -> Touched:
    return Touched(commit, path, f"{commit}@example.com", NOW + timedelta(days=day))


def found(frames: list[Frame], *changes: Touched, platform: str = "python") -> str:
    who = suspect(own_paths(frames, platform), changes)
    return who.commit if who else ""


def test_whoever_touched_the_innermost_own_file_last_is_suspected():
    frames = [own("shop/app.py"), own("shop/cart.py"), Frame(filename="json/decoder.py")]

    assert (
        found(
            frames,
            touched("outer", "src/shop/app.py", 9),
            touched("early", "src/shop/cart.py", 1),
            touched("late", "src/shop/cart.py", 2),
        )
        == "late"
    )


def test_where_the_innermost_file_was_not_touched_the_next_call_counts():
    assert found([own("shop/app.py"), own("shop/cart.py")], touched("outer", "shop/app.py")) == "outer"


def test_a_library_is_never_suspected():
    assert found([Frame(filename="shop/cart.py")], touched("a", "shop/cart.py")) == ""


@pytest.mark.parametrize(
    ("filename", "path", "is_same"),
    [
        ("shop/cart.py", "shop/cart.py", True),
        ("/srv/app/shop/cart.py", "src/shop/cart.py", True),
        ("C:\\build\\Shop\\Cart.cs", "src/Shop/Cart.cs", True),
        ("app:///static/shop/cart.js?v=3", "web/shop/cart.js", True),
        ("./cart.py", "cart.py", True),
        ("cart.py", "src/shop/cart.py", False),
        ("shop/cart.py", "cart.py", False),
        ("shop/__init__.py", "api/__init__.py", False),
        ("", "cart.py", False),
    ],
)
def test_paths_agree_in_their_last_two_parts_or_altogether(filename, path, is_same):
    assert (found([own(filename)], touched("a", path)) == "a") is is_same


def test_of_two_files_the_one_whose_path_agrees_further_is_meant():
    assert (
        found([own("shop/eu/cart.py")], touched("far", "shop/eu/cart.py"), touched("near", "x/eu/cart.py", 5))
        == "far"
    )


def test_a_class_of_the_jvm_is_found_by_its_package():
    frame = own("Cart.java", module="com.acme.shop.Cart$Item")

    assert found([frame], touched("a", "src/main/java/com/acme/shop/Cart.java"), platform="java") == "a"


def test_only_the_innermost_calls_are_looked_at():
    frames = [own(f"shop/f{number}.py") for number in range(FRAMES + 5)]

    assert len(own_paths(frames)) == FRAMES
    assert names(own_paths(frames)) == {f"f{number}.py" for number in range(5, FRAMES + 5)}


@pytest.mark.parametrize(
    ("repository", "provider", "address"),
    [
        ("https://github.com/acme/shop", "github", "https://github.com/acme/shop/commit/abc"),
        ("https://github.com/acme/shop/", "github", "https://github.com/acme/shop/commit/abc"),
        ("https://gitlab.com/acme/shop", "gitlab", "https://gitlab.com/acme/shop/-/commit/abc"),
        ("https://git.acme.example/shop", "", ""),
        ("git@github.com:acme/shop", "github", ""),
        ("javascript:alert(1)", "github", ""),
        ("", "github", ""),
    ],
)
def test_a_commit_is_shown_by_a_host_whose_addresses_are_known(repository, provider, address):
    assert commit_url(repository, provider, "abc") == address


@pytest.mark.parametrize(
    ("commit", "words"),
    [
        (SuspectCommit("0123456789abcdef", "Ana", "Round the sum"), "Ana, 0123456789ab: Round the sum"),
        (SuspectCommit("abc", subject="Round the sum"), "abc: Round the sum"),
        (SuspectCommit("abc", "Ana"), "Ana, abc"),
        (SuspectCommit("abc"), "abc"),
    ],
)
def test_a_commit_is_named_by_what_is_known_of_it(commit, words):
    assert str(commit) == words
