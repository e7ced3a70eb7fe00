"""What of an event ownership looks at: its address, its tags, the paths of its stack traces (behaviour §4.2)."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from tocsin.core.event import Event, Frame
from tocsin.core.ownership_rule import CODEOWNERS, MODULE, PATH, TAG, URL

# Of one kind of text in one event. An event of 50 exceptions in endless recursion has more, and they say no more.
MOST_TEXTS = 1000
_USER_TAG = "user."


def texts(event: Event, kind: str) -> list[str]:
    """The distinct texts that a matcher of this type is compared with, folded as its patterns are."""
    if kind == URL:
        return [folded(event.request_url, kind)] if event.request_url else []
    if kind.startswith(TAG):
        return list(_tag_values(event, kind.removeprefix(TAG)))
    found = dict.fromkeys(_of_frames(event, kind))
    found.pop("", None)
    # Those at the end are nearest to where it was raised.
    return list(islice(reversed(found), MOST_TEXTS))


def folded(text: str, kind: str) -> str:
    """Text as it is compared: tags and CODEOWNERS as they stand, all else in lower case and with slashes."""
    if kind.startswith(TAG) or kind == CODEOWNERS:
        return text
    return text.replace("\\", "/").lower() if "\\" in text else text.lower()


def _of_frames(event: Event, kind: str) -> Iterator[str]:
    frames = _frames(event)
    if kind == MODULE:
        return (folded(frame.module, kind) for frame in frames)
    if kind == CODEOWNERS:
        frames = (frame for frame in frames if frame.in_app)
    return _paths(frames, _munger(event), kind)


def _frames(event: Event) -> Iterator[Frame]:
    yield from event.frames
    for exception in event.exceptions:
        yield from exception.frames


def _paths(frames: Iterable[Frame], munged: Callable[[Frame], str] | None, kind: str) -> Iterator[str]:
    fold = kind == PATH
    for frame in frames:
        filename, whole = frame.filename, frame.abs_path
        yield folded(filename, kind) if fold else filename
        if whole != filename:
            yield folded(whole, kind) if fold else whole
        if munged is not None:
            yield folded(munged(frame), kind)


def _tag_values(event: Event, key: str) -> tuple[str, ...]:
    """`user.X` is asked of the user first; "sentry:release" and "release" name the same tag."""
    if key.lower().startswith(_USER_TAG) and event.user is not None:
        asked = key[len(_USER_TAG) :].lower()
        value = _of_user(event, asked)
        if value:
            return (value,)
    return event.tag_values(key)


def _of_user(event: Event, asked: str) -> str:
    if event.user is None:
        return ""
    if asked in {"id", "email", "username", "ip_address"}:
        value: str = getattr(event.user, asked)
        return value
    return next((value for name, value in event.user.data if name.lower() == asked), "")


# --- Platforms whose frames name a file only beside a module or a package


def _munger(event: Event) -> Callable[[Frame], str] | None:
    if "react-native" in event.sdk:
        return _react_native
    if "flutter" in event.sdk or event.sdk.startswith("sentry.dart"):
        return _flutter
    return _BY_PLATFORM.get(event.platform)


def _java(frame: Frame) -> str:
    """com.shop.Cart$Line in Cart.java → com/shop/Cart.java. A file name that has folders already stays."""
    if not frame.module or not frame.filename or "/" in frame.filename:
        return ""
    package = frame.module.rpartition(".")[0]
    return f"{package.replace('.', '/')}/{frame.filename}" if package else frame.filename


def _cocoa(frame: Frame) -> str:
    """/Users/ci/build/Shop/Sources/Cart.swift of the package Shop → Shop/Sources/Cart.swift."""
    package = frame.package.rpartition("/")[2].removesuffix(".app").removesuffix(".framework")
    path = frame.abs_path or frame.filename
    place = path.rfind(f"/{package}/") if package else -1
    return path[place + 1 :] if place >= 0 else ""


def _flutter(frame: Frame) -> str:
    """package:shop/src/cart.dart → shop/src/cart.dart"""
    path = frame.abs_path or frame.filename
    return path.removeprefix("package:") if path.startswith("package:") else ""


def _react_native(frame: Frame) -> str:
    """app:///src/cart.tsx → src/cart.tsx"""
    path = frame.abs_path or frame.filename
    return path.removeprefix("app:///") if path.startswith("app:///") else ""


_BY_PLATFORM: dict[str, Callable[[Frame], str]] = {
    "java": _java,
    "kotlin": _java,
    "cocoa": _cocoa,
    "react-native": _react_native,
    "flutter": _flutter,
}
