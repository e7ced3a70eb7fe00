"""Django's settings, derived from Tocsin's: the web, the ORM, the forms and the auth; decisions live elsewhere."""

import importlib.util
import sys
from typing import Any

from tocsin.ops import logs
from tocsin.ops import settings as tocsin_settings
from tocsin.ops.database import database

if importlib.util.find_spec("pysqlite3"):
    # SQLite before 3.51.3 can corrupt a WAL that two connections write and checkpoint at once;
    # Debian 12 ships 3.40.1. The wheel carries a mended one (docs/decisions/0003).
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

TOCSIN = tocsin_settings.load()

SECRET_KEY = TOCSIN.key()
DEBUG = False
ALLOWED_HOSTS = ["*"]  # links are built from TOCSIN_URL, never from the Host header
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "store.User"
ROOT_URLCONF = "tocsin.ops.urls"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django_htmx",
    "tocsin.store",
    "tocsin.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tocsin.web.policy.content_security_policy",
    "tocsin.web.unavailable.Unavailable",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tocsin.web.context.nothing_can_leave",
                "tocsin.web.context.not_ready",
            ],
        },
    }
]
DATABASES: dict[str, dict[str, Any]] = {"default": database(TOCSIN)}
# In memory, for what web/throttle.py counts. Django's 300 entries would let a guesser push out the count of an
# address with 300 others.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = TOCSIN.url.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500  # the largest rule in its editor: 250 lines of some seven inputs each
CSRF_TRUSTED_ORIGINS = [TOCSIN.url] if TOCSIN.url else []
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

LOGGING: dict[str, Any] = logs.configure(TOCSIN.log, TOCSIN.log_level)
