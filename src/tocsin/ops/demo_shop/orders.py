"""Carts, money and parcels, with the mistakes that creep into code like it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COUPONS = {"WELCOME": 0.1, "SPRING": 0.15}
SHELF = {"boot-42": 1, "lace": 140}


class PaymentFailedError(Exception):
    """The customer's money did not arrive."""


class OversoldError(Exception):
    """More was sold than there is."""


class LedgerMismatchError(Exception):
    """The day's takings and the day's orders disagree."""


@dataclass(frozen=True)
class Address:
    street: str
    city: str


@dataclass(frozen=True)
class Customer:
    name: str
    address: Address | None = None


def quantity(typed: str) -> int:
    return int(typed)


def discounted(total: float, coupon: str) -> float:
    return round(total * (1 - COUPONS[coupon]), 2)


def delivery_label(customer: Customer) -> str:
    """A guest who collects in the store has no address."""
    address = customer.address
    return f"{customer.name}\n{address.street}\n{address.city}"  # type: ignore[union-attr]


def pay(amount: float, card: str) -> str:
    """Charges a card; the reason of a failure stays attached to it."""
    try:
        return _charge(amount, card)
    except TimeoutError as error:
        raise PaymentFailedError(f"no answer from the bank for {amount:.2f} EUR") from error


def _charge(amount: float, card: str) -> str:
    raise TimeoutError(f"gateway did not answer in 5 s (card ending {card[-4:]}, {amount:.2f} EUR)")


def reserve(sku: str, wanted: int) -> int:
    left = SHELF[sku] - wanted
    if left < 0:
        raise OversoldError(f"{sku}: {wanted} sold, {SHELF[sku]} on the shelf")
    return left


def parcel_news(body: str) -> dict[str, Any]:
    """The carrier sends an HTML page when it is down."""
    news: dict[str, Any] = json.loads(body)
    return news


def save_invoice(number: int, text: str) -> Path:
    path = Path("/var/lib/demo-shop/invoices") / f"{number}.txt"
    path.write_text(text, encoding="utf-8")
    return path


def close_the_day(orders: float, takings: float) -> None:
    if orders != takings:
        raise LedgerMismatchError(f"orders {orders:.2f} EUR, takings {takings:.2f} EUR")
