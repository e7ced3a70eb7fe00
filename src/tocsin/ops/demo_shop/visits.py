"""Who visits the shop, where, and on which version of it: the same sequence every time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SEED = 20261121


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the shop and where it runs."""

    release: str
    environment: str


@dataclass(frozen=True, slots=True)
class Mishap:
    """A visit that goes wrong. `often` is its weight beside the others."""

    words: str
    method: str
    path: str
    query: str = ""
    often: int = 1


@dataclass(frozen=True, slots=True)
class Visit:
    mishap: Mishap
    version: Version
    user: dict[str, str]
    browser: str


VERSIONS = (
    Version("demo-shop@1.3.2", "production"),
    Version("demo-shop@1.4.0", "production"),
    Version("demo-shop@1.4.0", "staging"),
    Version("demo-shop@1.5.0-rc1", "development"),
)
MISHAPS = (
    Mishap("a price that is text", "GET", "/shelf", "sort=price", often=4),
    Mishap("a product without ratings", "GET", "/rating", "sku=sandal-38", often=5),
    Mishap("a department inside itself", "GET", "/department", "name=boots"),
    Mishap("a sheet in the wrong encoding", "POST", "/prices/import", "sheet=supplier.csv"),
    Mishap("a quantity in words", "POST", "/cart", "sku=boot-41&quantity=two", often=3),
    Mishap("an unknown coupon", "POST", "/cart/coupon", "code=SUMMER", often=4),
    Mishap("a customer without address", "GET", "/label", "name=Mia", often=2),
    Mishap("a bank that does not answer", "POST", "/checkout", "card=4111111111111111", often=6),
    Mishap("more sold than there is", "POST", "/order", "sku=boot-42&quantity=2", often=2),
    Mishap("a carrier that is down", "POST", "/parcel", "", often=2),
    Mishap("a folder that is not there", "POST", "/invoice", "number=1042"),
    Mishap("a shelf running low", "POST", "/stock", "sku=boot-41", often=2),
    Mishap("mails that pile up", "POST", "/receipts", "waiting=312"),
    Mishap("takings that do not add up", "POST", "/evening", "takings=1839.50"),
)
NAMES = ("ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hana", "ivo", "june", "kai", "lia")
BROWSERS = ("Firefox 144", "Chrome 142", "Safari 26", "Edge 142")


def visits(count: int) -> Iterator[Visit]:
    """So many visits; each mishap comes once before any comes again."""
    chance = random.Random(SEED)  # noqa: S311 — the same visits every time is the point
    for number in range(count):
        if number < len(MISHAPS):
            mishap = MISHAPS[number]
        else:
            (mishap,) = chance.choices(MISHAPS, [one.often for one in MISHAPS])
        name = chance.choice(NAMES)
        user = {"id": str(100 + NAMES.index(name)), "username": name, "email": f"{name}@example.com"}
        yield Visit(mishap, chance.choices(VERSIONS, (2, 6, 2, 1))[0], user, chance.choice(BROWSERS))


def environ(visit: Visit) -> dict[str, Any]:
    """The visit as a web server hands it to the shop."""
    return {
        "REQUEST_METHOD": visit.mishap.method,
        "PATH_INFO": visit.mishap.path,
        "QUERY_STRING": visit.mishap.query,
        "SERVER_NAME": "shop.example",
        "SERVER_PORT": "443",
        "HTTP_HOST": "shop.example",
        "HTTP_USER_AGENT": f"Mozilla/5.0 ({visit.browser})",
        "wsgi.url_scheme": "https",
        "shop.user": visit.user,
        "shop.browser": visit.browser,
    }
