"""Every setting, read from the environment once; docs/reference/settings.md lists them all."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def _env(name: str, default: str = "") -> str:
    return os.environ.get(f"TENURE_{name}", default)


def _database(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
                    "PRAGMA mmap_size=1073741824;"  # pages are read where they lie, not copied
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(
        f"TENURE_DATABASE_URL starts with {parts.scheme!r}; use sqlite:///path or postgresql://…"
    )


def _mail_server(url: str) -> dict[str, Any]:
    """What `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port` means."""
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError(
            f"TENURE_SMTP_URL starts with {parts.scheme!r}; use smtp://, smtp+starttls:// or "
            "smtps://user:password@host:port"
        )
    return {
        "HOST": parts.hostname,
        "PORT": parts.port or ports[parts.scheme],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "STARTTLS": parts.scheme == "smtp+starttls",
        "TLS": parts.scheme == "smtps",
    }


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"TENURE_TIME_ZONE is {name!r}, which is no time zone; use a name as Europe/Berlin."
        ) from error


def _secret_key(home: Path) -> str:
    """The key from the environment, else one made once and kept in the home folder."""
    if given := _env("SECRET_KEY"):
        return given
    path = home / "secret.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(_env("HOME", "var")).resolve()
DEBUG = _env("DEBUG") == "1"
SECRET_KEY = _secret_key(HOME)
ALLOWED_HOSTS = _env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in _env("TRUSTED_ORIGINS").split(",") if origin]
HTTPS = _env("HTTPS") == "1"

DATABASES = {"default": _database(_env("DATABASE_URL", f"sqlite://{HOME}/tenure.sqlite3"))}
EVENTS_URL = _env("EVENTS_URL", str(HOME / "events"))
EVENTS_GRACE_SECONDS = int(_env("EVENTS_GRACE_SECONDS", "3600"))
PANEL_URL = _env("PANEL_URL", str(HOME / "panel"))
INBOX_PATH = Path(_env("INBOX_PATH", str(HOME / "inbox.sqlite3")))
INBOX_LIMIT = int(_env("INBOX_LIMIT", "2000000"))
REPORTING_CURRENCY = _env("CURRENCY", "EUR")

SMTP_URL = _env("SMTP_URL")
MAIL_FROM = _env("MAIL_FROM")
MAIL_UNSUBSCRIBE = _env("MAIL_UNSUBSCRIBE")
BASE_URL = _env("BASE_URL").rstrip("/")
COMPANY = _env("COMPANY")
COMPANY_TIME_ZONE = _time_zone(_env("TIME_ZONE", "UTC"))
EMAIL_TIMEOUT = 20
if SMTP_URL:
    _mail = _mail_server(SMTP_URL)
    EMAIL_HOST, EMAIL_PORT = _mail["HOST"], _mail["PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["USER"], _mail["PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["STARTTLS"], _mail["TLS"]
if MAIL_FROM:
    DEFAULT_FROM_EMAIL = MAIL_FROM

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "tenure.core",
    "tenure.accounts",
    "tenure.contracts",
    "tenure.timeline",
    "tenure.events",
    "tenure.intake",
    "tenure.metrics",
    "tenure.health",
    "tenure.forecast",
    "tenure.relationship",
    "tenure.segments",
    "tenure.plays",
    "tenure.advice",
    "tenure.privacy",
    "tenure.web",
    "tenure.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads each answer, so that lengths tell nothing
    "tenure.web.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenure.web.middleware.UserLanguageMiddleware",
    "tenure.web.middleware.SignInRequiredMiddleware",
]

ROOT_URLCONF = "tenure.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],  # before those of the installed packages
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenure.web.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tenure.web.adapter.ClosedSignupAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LANGUAGE_CODE = _env("LANGUAGE", "en")
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("nl", "Nederlands"),
    ("it", "Italiano"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = Path(_env("STATIC_ROOT", str(HOME / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

CSRF_FAILURE_VIEW = "tenure.web.views.errors.csrf"
# The editor of plays sends every text in every language with each of up to sixty steps.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": _env("LOG_LEVEL", "WARNING")},
}
