"""The address that an SDK is given: where to report, for which project, with which key."""

from urllib.parse import urlsplit


def dsn(base_url: str, public_key: str, project_id: int) -> str:
    """The DSN of a key; `base_url` is what people type, with its path if it has one (behaviour §13.1)."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{public_key}@{parts.netloc}{parts.path.rstrip('/')}/{project_id}"
