"""Runs in a guest: one command a connection, as a line of JSON; answers with one."""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import time

PORT = 4711


class Handler(socketserver.StreamRequestHandler):
    """Runs {"command": SHELL, "limit": SECONDS}, or says the time."""

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline())
        answer = run(asked["command"], asked["limit"]) if "command" in asked else {"time": time.time()}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingTCPServer):
    """A thread a command."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 32


def run(command: str, limit: float) -> dict[str, object]:
    """A shell command in a session of its own, ended when its time is over."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        ["/bin/bash", "-c", command], stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return {"code": 124, "out": "", "err": f"not done within {limit} s"}
    return {"code": process.returncode, "out": out.decode(), "err": err.decode(errors="replace")}


if __name__ == "__main__":
    Server((sys.argv[1], PORT), Handler).serve_forever()
