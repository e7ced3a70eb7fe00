"""What a real SDK sends, as many as a benchmark needs: captured from sentry-sdk, varied in what varies.

Each template is one real failure of a small shop, raised nine calls deep and reported by the SDK itself with its
own source lines, variables, breadcrumbs and contexts: about 12 kB unpacked. Templates differ in exception and
code, so each is an issue of its own; the envelopes of one template differ in event id and user.
"""

import gzip
import linecache
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

DSN = "http://{key}@127.0.0.1/{project}"

# One part of the shop: nine calls, as unlike each other as an application's own are.
SOURCE = """\
PRICES = {{"tea": 350, "coffee": 420, "mug": 1290, "kettle": 4990}}

class Order{index}Error(Exception):
    'An order of kind {index} that cannot be completed.'

def handle(sdk, order, customer, basket):
    try:
        return begin(order, customer, basket)
    except Order{index}Error:
        sdk.capture_exception()

def begin(order, customer, basket):
    total = sum(PRICES[name] * count for name, count in basket.items())
    if not total:
        raise ValueError(f"{{order}} is empty")
    return reserve_stock(order, customer, basket, total)

def reserve_stock(order, customer, basket, total):
    warehouse = "north" if len(customer) % 2 else "south"
    reserved = [(warehouse, name, count) for name, count in basket.items()]
    return apply_vouchers(order, customer, reserved, total)

def apply_vouchers(order, customer, reserved, total):
    vouchers = {{"WELCOME{index}": 500, "FREESHIPPING": 390}}
    best = max(vouchers, key=vouchers.get)
    payable = max(0, total - vouchers[best])
    return add_shipping(order, reserved, payable, country="DE")

def add_shipping(order, reserved, payable, country):
    zones = {{"DE": 0, "AT": 1, "FR": 1, "US": 4}}
    weight = 0.25 * sum(count for _, _, count in reserved)
    shipping = 390 + 120 * zones.get(country, 5) + int(weight * 80)
    return compute_tax(order, payable + shipping, country, rate=0.19)

def compute_tax(order, amount, country, rate):
    net = round(amount / (1 + rate))
    tax = amount - net
    invoice = {{"order": order, "net": net, "tax": tax, "currency": "EUR"}}
    return charge_card(invoice, retries=3)

def charge_card(invoice, retries):
    gateway = "https://payments.shop.example/v2/charges/part-{index}"
    for attempt in range(retries):
        idempotency = f"{{invoice['order']}}-{{attempt}}"
        return post_to_gateway(gateway, invoice, idempotency, timeout=2.5)

def post_to_gateway(gateway, invoice, idempotency, timeout):
    headers = {{"Idempotency-Key": idempotency, "Accept": "application/json"}}
    answer = {{"status": 402, "code": "insufficient_funds", "till": {index}}}
    return read_answer(invoice, answer, headers)

def read_answer(invoice, answer, headers):
    if answer["status"] == 200:
        return answer["charge"]
    raise Order{index}Error(f"{{invoice['order']}} was refused by till {index}: {{answer['code']}}")
"""


class Sample(NamedTuple):
    """One envelope; `issue` is the template that it came from."""

    event_id: str
    issue: int
    body: bytes

    def packed(self) -> bytes:
        """The body as the SDK sends it: gzip, at its default level."""
        return gzip.compress(self.body, compresslevel=9)


class _Capture(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope)


def samples(count: int, issues: int = 100, key: str = "a" * 32, project: int = 1) -> Iterator[Sample]:
    """`count` envelopes that belong to `issues` issues in turn, each with an event id and a user of its own."""
    transport = _Capture()
    # One client for all: setting one up looks for 40 integrations, 0.1 s each time.
    client = sentry_sdk.Client(DSN.format(key=key, project=project), transport=transport, in_app_include=["shop"])
    templates = [_capture(client, transport, index) for index in range(issues)]
    for number in range(count):
        issue = number % issues
        body, captured_id = templates[issue]
        event_id = uuid.uuid4().hex
        varied = body.replace(captured_id, event_id.encode()).replace(b"user-00000", b"user-%05d" % (number % 5000))
        yield Sample(event_id, issue, varied)


def _capture(client: sentry_sdk.Client, transport: _Capture, index: int) -> tuple[bytes, bytes]:
    """What the SDK sends for one failure, and the event id in it."""
    client.options["release"] = f"shop@1.{index % 7}.0"
    client.options["environment"] = "production" if index % 5 else "staging"
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        scope.set_user({"id": "user-00000", "email": "user-00000@shop.example", "ip_address": "203.0.113.9"})
        scope.set_tag("till", f"till-{index % 12}")
        for number in range(8):
            scope.add_breadcrumb(
                category="query", message=f"SELECT * FROM basket WHERE id = {number}", level="info"
            )
        _shop(index)["handle"](sentry_sdk, f"order-{index}", "Ada", {"tea": 2, "mug": 1, "kettle": 1, "coffee": 4})
    envelope = transport.sent.pop()
    event = envelope.get_event()
    assert event is not None
    return envelope.serialize(), event["event_id"].encode()


def _shop(index: int) -> dict[str, Any]:
    source = SOURCE.format(index=index)
    path = f"/srv/shop/orders/part_{index}.py"
    # So that the SDK finds source lines for a module that is no file.
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module: dict[str, Any] = {"__name__": f"shop.orders.part_{index}"}
    exec(compile(source, path, "exec"), module)
    return module
