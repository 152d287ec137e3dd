"""The ASGI application: the lean tracking door beside Django in one server."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
django = get_asgi_application()

# Only now are the models ready that the door reads its keys from.
from tenure.intake.tracking import app as door  # noqa: E402
from tenure.intake.tracking.routes import is_tracking  # noqa: E402
from tenure.web.bodies import LargestBody  # noqa: E402
from tenure.web.started import get_ready  # noqa: E402

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
pages = LargestBody(django)  # type: ignore[arg-type]


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Events to the door, everything else to the pages."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and is_tracking(scope["path"]):
        await door(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    """Start with the server and, at its end, commit what the door still holds."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            get_ready()
            door.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await door.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
