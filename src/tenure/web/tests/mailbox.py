"""A real mail server on loopback, that keeps what it takes and refuses what it is told to."""

import asyncio
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

BASE = "https://tenure.example"


class Mailbox:
    """The server's handler; `refuse`: its answer to mails; `silent`: it hangs up instead."""

    def __init__(self, pause=0.0):
        self.pause = pause
        self.taken = []
        self.refuse = ""
        self.refuse_recipient = ""
        self.silent = False
        self._controller = None
        self.port = _free_port()

    def start(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self):
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self.pause)
        if self.silent:
            server.transport.close()
        if self.refuse:
            return self.refuse
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((envelope.rcpt_tos, message))
        return "250 taken"

    @property
    def messages(self):
        return [message for _to, message in self.taken]

    def text(self, kind="plain", number=-1):
        return self.messages[number].get_body((kind,)).get_content()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mail_set(settings, port):
    """Everything set for mail to the port."""
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    settings.MAIL_FROM = "Tenure <tenure@tenure.example>"
    settings.MAIL_UNSUBSCRIBE = "leave@tenure.example"
    settings.BASE_URL = BASE


@pytest.fixture
def mailbox(settings):
    """A server that runs, with everything set for it."""
    box = Mailbox()
    box.start()
    mail_set(settings, box.port)
    yield box
    box.stop()
