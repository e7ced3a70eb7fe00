"""The look, as far as it can be asserted: contrast in both lights, shapes beside colours, sparklines, times."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import tocsin.web
from tocsin.core.delivery import State
from tocsin.core.event import LEVELS
from tocsin.core.reasons import Verdict
from tocsin.web.templatetags import tocsin as tags

FOLDER = Path(tocsin.web.__file__).parent
CSS = (FOLDER / "static/tocsin/tocsin.css").read_text()
LIGHT, DARK = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part)) for part in CSS.split("@media", 2)[:2])
GROUNDS = ("ground", "ground-side", "ground-hover", "ground-deep")
TEXTS = ("ink", "ink-soft", "ink-faint", "accent", "fatal", "error", "warning", "info")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS] + [
    ("on-accent", "accent"),
    ("accent", "accent-wash"),
    ("error", "bad-wash"),
    ("warning", "warn-wash"),
    ("ink", "line"),
]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("light", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_reads_on_every_ground_as_wcag_aa_asks(light: dict[str, str], text: str, ground: str):
    assert contrast(light[text], light[ground]) >= 4.5


def test_the_measure_of_contrast_can_fail():
    assert contrast("#777777", "#ffffff") < 4.5 < contrast("#767676", "#ffffff")


def test_every_state_verdict_and_level_has_a_shape_of_its_own():
    sprite = (FOLDER / "templates/_icons.svg").read_text()
    shapes = dict(re.findall(r'<symbol id="i-([\w-]+)" viewBox="0 0 16 16">(.*?)</symbol>', sprite))
    families = (
        [f"state-{state}" for state in State],
        [f"verdict-{verdict}" for verdict in Verdict],
        [f"level-{level}" for level in LEVELS if level != "sample"],
    )

    for family in families:
        assert len({shapes[name] for name in family}) == len(family)


def test_no_template_holds_a_style_or_a_script_of_its_own():
    for path in (FOLDER / "templates").glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! src)|\|safe|autoescape off", text), path.name


def test_no_template_or_stylesheet_calls_another_host():
    for path in [*(FOLDER / "templates").glob("*.html"), FOLDER / "static/tocsin/tocsin.css"]:
        assert not re.search(r'(src|href)="(https?:)?//|url\(', path.read_text()), path.name


def test_a_single_event_among_thousands_can_still_be_seen():
    assert "M0 24v-2h3v2z" in tags.bars([1, 10_000])


def test_silence_draws_no_bars():
    assert tags.bars([0, 0, 0]) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "just now"),
        (-2, "just now"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (86_399, "23 h ago"),
        (86_400, "1 d ago"),
        (7 * 86_400, "1 wk ago"),
        (364 * 86_400, "1 yr ago"),
        (-3600, "in 1 h"),
    ],
)
def test_times_are_said_in_one_unit_rounded_down(seconds: int, words: str):
    said = tags.ago({"request": SimpleNamespace(now=NOW)}, NOW - timedelta(seconds=seconds))

    assert f">{words}</time>" in said


def test_the_exact_time_is_there_on_hover():
    said = tags.ago({"request": SimpleNamespace(now=NOW)}, NOW)

    assert 'title="21 Nov 2026, 09:00:00 UTC"' in said


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (1000, "1k"), (1250, "1.2k"), (9999, "9.9k"), (34_567, "34k"), (5_600_000, "5.6M")],
)
def test_counts_fit_their_columns(number: int, words: str):
    assert tags.short(number) == words


def test_a_tag_with_spaces_becomes_a_quoted_term():
    assert tags.tag_term("os", "Mac OS") == "os%3A%22Mac%20OS%22"
