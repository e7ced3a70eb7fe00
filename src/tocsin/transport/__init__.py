"""The only sockets that go out: HTTP, guarded, and SMTP."""
