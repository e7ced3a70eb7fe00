"""The product's settings on a throw-away folder, in memory."""

import os
import tempfile

os.environ.setdefault("TOCSIN_DATA", tempfile.mkdtemp(prefix="tocsin-tests-"))
os.environ.setdefault("TOCSIN_URL", "http://testserver")
os.environ.setdefault("TOCSIN_SECRET_KEY", "a key for tests only, of forty-odd letters")

from tocsin.ops.django_settings import *  # noqa: F403

WHITENOISE_AUTOREFRESH = True  # else each test client lists all static files before its first request
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
