"""The shop's web site: a WSGI application whose pages set users, tags and breadcrumbs as a real one would."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import sentry_sdk

from tocsin.ops.demo_shop import goods, orders

log = logging.getLogger("demo_shop.mail")
log.propagate = False  # the SDK hears it all the same, and the terminal belongs to the progress bar
log.addHandler(logging.NullHandler())

Query = Mapping[str, str]
Respond = Callable[..., Any]


def shelf(query: Query) -> str:
    sentry_sdk.add_breadcrumb(category="query", message="SELECT sku, price FROM prices", level="info")
    return f"{query['sort']}: {goods.cheapest_first()}"


def rating(query: Query) -> str:
    sentry_sdk.set_tag("sku", query["sku"])
    return f"{goods.average_rating([]):.1f} stars"


def department(query: Query) -> str:
    return " / ".join(goods.trail(query["name"]))


def price_import(query: Query) -> str:
    sentry_sdk.add_breadcrumb(category="file", message=f"read {query['sheet']}", level="info")
    return str(goods.imported("Schnürsenkel;4.50".encode("latin-1")))


def cart(query: Query) -> str:
    sentry_sdk.set_context("cart", {"sku": query["sku"], "typed": query["quantity"]})
    return f"{orders.quantity(query['quantity'])} x {query['sku']}"


def coupon(query: Query) -> str:
    sentry_sdk.set_tag("coupon", query["code"])
    return f"{orders.discounted(93.5, query['code'])} EUR"


def label(query: Query) -> str:
    return orders.delivery_label(orders.Customer(query["name"]))


def checkout(query: Query) -> str:
    sentry_sdk.add_breadcrumb(category="ui.click", message="button#pay", level="info")
    sentry_sdk.add_breadcrumb(
        category="http", message="POST https://bank.example/charges", level="warning", data={"timeout": 5}
    )
    return orders.pay(89.0, query["card"])


def order(query: Query) -> str:
    """Notices that too much was sold, reports it, and goes on: the customer sees a page, not an error."""
    try:
        return f"{orders.reserve(query['sku'], int(query['quantity']))} left"
    except orders.OversoldError as error:
        sentry_sdk.set_tag("sku", query["sku"])
        sentry_sdk.capture_exception(error)
        return "We will send the rest later."


def parcel(query: Query) -> str:
    del query
    return str(orders.parcel_news("<html><h1>502 Bad Gateway</h1></html>"))


def invoice(query: Query) -> str:
    return str(orders.save_invoice(int(query["number"]), "Thank you for your order."))


def stock(query: Query) -> str:
    if goods.is_low(query["sku"]):
        sentry_sdk.capture_message(f"Only {goods.STOCK[query['sku']]} of {query['sku']} left", level="warning")
    return "Counted."


def receipts(query: Query) -> str:
    log.error("Mail queue is %s messages long", query["waiting"])
    return "Later."


def evening(query: Query) -> str:
    sentry_sdk.get_current_scope().set_level("fatal")
    orders.close_the_day(1840.5, float(query["takings"]))
    return "Closed."


PAGES: Mapping[str, Callable[[Query], str]] = {
    "/shelf": shelf,
    "/rating": rating,
    "/department": department,
    "/prices/import": price_import,
    "/cart": cart,
    "/cart/coupon": coupon,
    "/label": label,
    "/checkout": checkout,
    "/order": order,
    "/parcel": parcel,
    "/invoice": invoice,
    "/stock": stock,
    "/receipts": receipts,
    "/evening": evening,
}


def application(environ: Mapping[str, Any], respond: Respond) -> Iterable[bytes]:
    """The WSGI application; `shop.user` in the environ is who is signed in."""
    path = environ["PATH_INFO"]
    query = {name: values[-1] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    scope = sentry_sdk.get_isolation_scope()
    sentry_sdk.get_current_scope().set_transaction_name(path, source="route")
    scope.set_user(environ["shop.user"])
    scope.set_tag("browser", environ["shop.browser"])
    scope.set_tag("page", path)
    sentry_sdk.add_breadcrumb(category="navigation", message=f"{environ['REQUEST_METHOD']} {path}", level="info")
    page = PAGES[path](query)
    respond("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [page.encode()]
