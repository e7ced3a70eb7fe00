"""The SDKs' door: key, limits, spool; a bare ASGI callable that asks the database nothing."""
