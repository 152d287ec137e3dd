"""The ASGI application: the lean tracking door beside Django in one server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")

application = get_asgi_application()
