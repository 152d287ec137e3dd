"""How much a request may bring: refused before Django writes it down, whoever sends it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from tenure.intake.uploads.keeping import LARGEST, MEGA

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]
UPLOADS = "/data/upload"
LARGEST_FORM = 10 * MEGA
# What stands around the files: boundaries, names, the token of the form.
AROUND = MEGA


class LargestBody:
    """Passes requests on whose body is within the limit of its address."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Refuse by the length that is announced, and break off where none was and it grows."""
        most = LARGEST + AROUND if scope["path"] == UPLOADS else LARGEST_FORM
        if _announced(scope) > most:
            await _refuse(send, most)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return {"type": "http.disconnect"} if taken > most else message

        await self.application(scope, counted, send)


def _announced(scope: Message) -> int:
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, most: int) -> None:
    text = _("This is too large; at most %(most)s MB may be sent at once.") % {"most": most // MEGA}
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
