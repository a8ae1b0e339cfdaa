#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sockact: an HTTP server that is handed its listening socket.

    cadre run -i 2 -l tcp:127.0.0.1:8080 -- examples/sockact.py

It knows nothing of cadre, only what a program below systemd would do as well:
LISTEN_PID says for whom sockets are there, and descriptor 3 is the first of
them; READY=1 goes to NOTIFY_SOCKET; SIGTERM is the word to finish.
"""
import http.server
import os
import signal
import socket
import sys
import threading

FIRST_FD = 3


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = "seat %s pid %d\n" % (os.environ.get("CADRE_SEAT", "-"),
                                     os.getpid())
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def ready():
    path = os.environ.get("NOTIFY_SOCKET")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(b"READY=1", path.replace("@", "\0", 1)
                     if path.startswith("@") else path)


def main():
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        sys.exit("sockact: no socket was handed over; type: cadre run "
                 "-l tcp:127.0.0.1:8080 -- " + sys.argv[0])
    listener = socket.socket(fileno=FIRST_FD)
    # Neither bind nor listen: whoever made the socket has done both.
    server = http.server.HTTPServer(listener.getsockname(), Handler,
                                    bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    # It ends the loop after the request at hand, so not from within it.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(
        target=server.shutdown).start())
    ready()
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
