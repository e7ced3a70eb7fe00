"""What a call is, in each language, once generated and numbered names are taken off."""

import pytest

from tocsin.core.event import Frame
from tocsin.core.frames import contribution


@pytest.mark.parametrize(
    ("platform", "written", "other"),
    [
        ("javascript", "Object.Cart.total", "total"),
        ("javascript", "new Cart", "Cart"),
        ("javascript", "async total", "total"),
        ("node", "Cart.total [as sum]", "total"),
        ("java", "lambda$total$3", "lambda$total$17"),
        ("java", "access$000", "access$100"),
        ("ruby", "block (2 levels) in total", "total"),
        ("ruby", "_app_views_cart_erb__123_456", "_app_views_cart_erb__9_8"),
        ("php", "class@anonymous/srv/a.php:7$0::run", "class@anonymous/srv/b.php:9$1::run"),
        ("php", "{closure:shop.php:12}", "{closure}"),
        ("csharp", "<Total>b__3_0", "Total"),
        ("rust", "shop::total::h0123456789abcdef", "shop::total"),
        ("native", "total(int, char const*)", "total"),
        ("cocoa", "total.cold.1", "total"),
    ],
)
def test_a_function_is_the_same_by_either_name(platform, written, other):
    assert contribution(Frame(module="m", function=written), platform) == contribution(
        Frame(module="m", function=other), platform
    )


@pytest.mark.parametrize("function", ["?", "<anonymous>", "anonymous", "eval"])
def test_a_nameless_function_in_a_page_says_nothing(function):
    assert contribution(Frame(filename="https://shop.example/a.js", function=function), "javascript") == ""


def test_generated_classes_of_the_jvm_are_the_same():
    one = Frame(module="shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c", function="total")
    other = Frame(module="shop.Cart$$EnhancerBySpringCGLIB$$9f8e7d", function="total")

    assert contribution(one, "java") == contribution(other, "java")


def test_a_file_counts_by_its_name_alone():
    one = Frame(filename="C:\\build\\17\\Cart.cs", function="Total")
    other = Frame(filename="/home/ci/cart.cs", function="Total")

    assert contribution(one, "csharp") == contribution(other, "csharp")


@pytest.mark.parametrize("filename", ["https://shop.example/app.3f2a.js", "<anonymous>", "app:///main.js"])
def test_an_address_is_no_file(filename):
    assert contribution(Frame(filename=filename, function="f"), "javascript") == contribution(
        Frame(function="f"), "javascript"
    )


def test_a_minified_line_says_nothing():
    frame = Frame(function="f")

    assert contribution(frame._replace(context_line="x" * 121), "javascript") == contribution(frame, "javascript")


def test_a_line_counts_only_where_it_comes_from_the_source_that_ran():
    frame = Frame(module="m", function="f")

    assert contribution(frame._replace(context_line="a()"), "java") == contribution(frame, "java")
    assert contribution(frame._replace(context_line="a()"), "python") != contribution(frame, "python")
