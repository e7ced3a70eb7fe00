"""A real browser on a real Tocsin, and what its pages asked for and complained about on the way."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.journeys.instance import PATIENCE, Instance
from tests.real_parts import chromium

OVER = "That is all: nothing more will happen by itself."
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Chromium; sandbox off as containers run it as root, its own calls home off as nobody asked for them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """One person's browser on one instance. `strangers` are requests to any other host."""

    page: Page
    instance: Instance
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else self.instance.url + path)
        return self.page

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def fill(self, **fields: str) -> None:
        """Each field by its label, in which an underscore stands for a space."""
        for label, value in fields.items():
            self.page.get_by_label(re.compile(f"^{label.replace('_', ' ')}( optional)?$", re.IGNORECASE)).fill(
                value
            )

    def says(self, text: str) -> bool:
        return text in self.page.locator("body").inner_text()

    def refresh_until(self, text: str) -> None:
        """Reloads, as a person without JavaScript does, until the page says it."""
        for _ in range(300):
            if self.says(text):
                return
            self.page.reload()
        raise AssertionError(f"{self.page.url} does not say {text!r}: {self.page.locator('main').inner_text()}")


@contextmanager
def a_visit(browser: Browser, instance: Instance, **options: Any) -> Iterator[Visit]:
    """A fresh browser profile; `options` as Playwright's new_context takes them."""
    context = browser.new_context(**{"viewport": DESK, **options})
    context.set_default_timeout(PATIENCE * 1000)
    visit = Visit(context.new_page(), instance)
    context.on("request", lambda request: _watch(visit, request))
    context.on("console", lambda message: _listen(visit, message))
    context.on("weberror", lambda error: visit.complaints.append(str(error.error)))
    try:
        yield visit
    finally:
        context.close()


def _watch(visit: Visit, request: Request) -> None:
    if not request.url.startswith((visit.instance.url, "data:")):
        visit.strangers.append(request.url)


def _listen(visit: Visit, message: ConsoleMessage) -> None:
    # A page that answers 404 or 422 on purpose is reported too; what a page loads has to be there.
    is_the_page = message.location["url"] == visit.page.url
    if message.type in ("error", "warning") and not is_the_page:
        visit.complaints.append(f"{message.text} ({message.location['url']})")
