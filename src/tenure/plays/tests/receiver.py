"""A real receiver of webhooks on loopback, that keeps what it gets and answers as it is told."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Receiver:
    """`status`: its answer; `pause`: seconds before it; `dribble`: it answers byte by byte."""

    def __init__(self):
        self.status, self.pause, self.dribble, self.headers = 204, 0.0, 0.0, {}
        self.taken = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender ended in the middle: no request came
                    return None
                outer.taken.append((self.path, dict(self.headers), body))
                time.sleep(outer.pause)
                if outer.dribble:
                    return self._dribble()
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                return self.end_headers()

            def _dribble(self):
                try:
                    for _byte in range(1000):
                        self.wfile.write(b"H")
                        time.sleep(outer.dribble)
                except OSError:
                    pass

            def log_message(self, *_words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook?a=1"

    def start(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    made.start()
    yield made
    made.stop()
