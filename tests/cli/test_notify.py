"""Channels from the command line, with real programs, a real web server and a real mail server."""

from __future__ import annotations

import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

DAY = "2026-05-{:02}T{}Z"


def on(day: int, clock: str = "08:00:00", **env: str) -> dict[str, Any]:
    return {"env": {"FEDTASKS_NOW": DAY.format(day, clock), **env}}


class Web(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Tests are silent."""


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail needs."""

    def handle(self) -> None:
        self.say("220 test")
        for line in self.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(lines))  # type: ignore[attr-defined]
            self.say("221 bye" if verb == b"QUIT" else "250 yes")
            if verb == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def _serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def web() -> Iterator[Any]:
    server = HTTPServer(("127.0.0.1", 0), Web)
    server.posts, server.answers = [], []  # type: ignore[attr-defined]
    yield from _serving(server)


@pytest.fixture
def mail() -> Iterator[Any]:
    server = socketserver.TCPServer(("127.0.0.1", 0), Mail)
    server.mails = []  # type: ignore[attr-defined]
    yield from _serving(server)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def office(dir_world: Any) -> Any:
    """ben is a member; ann gives him tasks."""
    dir_world.ok("member", "add", "ben", "--email", "ben@example.org")

    def give(title: str, day: int = 1, *words: str) -> str:
        id = dir_world.add(title, *words, who="ann", **on(day))
        dir_world.ok("assign", id, "ben", who="ann", **on(day))
        return str(id)

    dir_world.give = give
    return dir_world


def send(world: Any, day: int = 1, clock: str = "09:00:00", *words: str, **env: str) -> dict[str, list[Any]]:
    return dict(world.ok("notify", "send", *words, who="ben", **on(day, clock, **env)))


def test_each_channel_carries_a_notice_once(office: Any, web: Any, mail: Any) -> None:
    world, given = office, office.base / "given.json"
    port, bell = web.server_port, program(office.base / "bell.sh", f'cat > "{given}"')
    shown = program(office.base / "bin" / "notify-send", f'printf "%s|" "$@" > "{world.base}/shown"').parent
    env = {
        "PATH": f"{shown}:{world.env['PATH']}",
        "FEDTASKS_SECRET_HOOK": f"http://127.0.0.1:{port}/secret-part",
        "FEDTASKS_SECRET_KEY": "k",
        "FEDTASKS_SECRET_CHAT": f"json://127.0.0.1:{port}/chat",
        "FEDTASKS_SECRET_SMTP": f"smtp://127.0.0.1:{mail.server_address[1]}",
        "FEDTASKS_COMMAND_bell": str(bell),
    }
    for name, *words in (
        ("desk", "desktop"), ("bell", "command"), ("hook", "webhook", "--secret", "HOOK", "--sign", "KEY"),
        ("chat", "apprise", "--secret", "CHAT"), ("post", "email"), ("term", "terminal"),
    ):  # fmt: skip
        world.ok("notify", "channel", name, "--type", *words, who="ben")
    id = world.give("Größe <b>")
    assert len(send(world, 1, "09:00:00", "--dry-run", **env)["sent"]) == 6 and web.posts == []
    done = world.ft("notify", "send", who="ben", **on(1, "09:00:00", **env))
    assert done.err == "" and "ann assigned it to you" in done.out and done.out.count("\nsent: 1 notice to ben") == 6

    message = json.loads(given.read_text())
    assert message["schema"] == "fedtasks.notice/1" and message["notice"]["task"] == id
    words = (world.base / "shown").read_text().split("|")
    assert words[:3] == ["--app-name=fedtasks", "--urgency=normal", "--"] and "&lt;b&gt;" in words[4]
    (head, body), (_, chat) = sorted(web.posts, key=lambda post: "X-Fedtasks-Signature" not in post[0])
    assert json.loads(body) == message and head["Idempotency-Key"] == message["key"]
    assert head["X-Fedtasks-Signature"] == f"sha256={hmac.new(b'k', body, 'sha256').hexdigest()}"
    assert json.loads(chat)["title"] == "ann assigned it to you"
    (sent,) = (message_from_bytes(data, policy=policy.default) for data in mail.mails)
    assert (sent["To"], sent["Subject"]) == ("ben@example.org", "[tasks] ann assigned it to you")
    assert "Größe <b>" in sent.get_content() and id in sent["References"]

    assert send(world, 1, "09:30:00", **env) == {
        "schema": "fedtasks.notify.send/1",
        "sent": [],
        "failed": [],
        "waiting": [],
    }
    (notice,) = world.ok("inbox", who="ben", **on(1, "09:30:00"))["notices"]
    assert notice["delivered"] == {name: ["2026-05-01T09:00:00Z"] for name in ("hook", "chat", "post")}
    (world.root / ".local" / "channels" / "ben.json").unlink()
    again = send(world, 1, "09:40:00", **env)
    assert {parcel["channel"] for parcel in again["sent"]} == {"desk", "bell", "term"}, "the notice knows what left"
    repeated = send(world, 2, "09:00:00", **env)
    assert len(repeated["sent"]) == 6, "what is told again is carried again"
    world.ok("ack", id, who="ben")
    assert send(world, 9, **env)["sent"] == []
    world.assert_clean()


def test_what_fails_is_tried_later_and_later(office: Any, web: Any) -> None:
    world = office
    env = {"FEDTASKS_SECRET_HOOK": f"http://127.0.0.1:{web.server_port}/secret-part"}
    world.ok("notify", "channel", "hook", "--type", "webhook", "--secret", "HOOK", who="ben")
    world.give("one")
    web.answers = [500, 302, 200]
    (failed,) = send(world, 1, "09:00:00", **env)["failed"]
    assert failed["why"] == "127.0.0.1 answered 500" and failed["until"] == "2026-05-01T09:01:00Z"
    assert send(world, 1, "09:00:30", **env)["waiting"][0]["why"] == "it failed before" and len(web.posts) == 1
    told = world.ft("notify", "send", who="ben", **on(1, "09:01:00", **env))
    assert (told.code, told.out) == (0, "") and "secret-part" not in told.told
    assert "not sent: 1 notice to ben by hook until 2026-05-01T09:03:00Z: 127.0.0.1 answered 302" in told.err
    found = world.ok("notify", "status", who="ben", **on(1, "09:02:00", **env))
    assert found["channels"]["hook"]["error"] == "127.0.0.1 answered 302" and len(found["waiting"]) == 1
    assert len(send(world, 1, "09:03:00", **env)["sent"]) == 1 and len(web.posts) == 3
    assert len({head["Idempotency-Key"] for head, _ in web.posts}) == 1
    assert world.ok("notify", "status", who="ben", **on(1, "09:04:00"))["channels"]["hook"]["error"] is None


def test_rules_throttle_and_quiet_hours(office: Any) -> None:
    world, log = office, office.base / "log"
    env = {"FEDTASKS_COMMAND_log": f"sh -c 'cat >> {log}; echo >> {log}'"}
    world.ok("notify", "channel", "log", "--type", "command", who="ben")
    rule = ("notify", "rule", "--channel", "log", "--on", "assigned", "--throttle", "10m", "--quiet", "22:00-07:00")
    assert len(world.ok(*rule, "--timezone", "Europe/Berlin", who="ben")["notify"]["rules"]) == 1
    world.give("one")
    assert len(send(world, 1, "09:00:00", **env)["sent"]) == 1
    world.give("two"), world.give("three")
    assert send(world, 1, "09:09:00", **env)["waiting"][0]["until"] == "2026-05-01T09:10:00Z"
    (parcel,) = send(world, 1, "09:10:00", **env)["sent"]
    assert len(parcel["notices"]) == 2, "one message carries all that waited"
    world.give("four"), world.ok("edit", world.add("five"), "-d", "for @ben")
    (held,) = send(world, 1, "20:30:00", **env)["waiting"]
    assert held["until"] == "2026-05-02T05:00:00Z" and len(held["notices"]) == 1
    world.give("six", 1, "-p", "critical")
    assert len(send(world, 1, "20:31:00", **env)["sent"][0]["notices"]) == 2, "an urgent one opens the door"
    assert [len(json.loads(line)["notices"]) for line in log.read_text().splitlines()] == [1, 2, 2]


def test_secrets_stay_outside_and_commands_do_not_come_from_the_store(office: Any, refuses: Any) -> None:
    world = office
    world.ok("notify", "channel", "bell", "--type", "command", "--run", "ring", who="ben")
    world.ok("notify", "channel", "hook", "--type", "webhook", "--secret", "HOOK", who="ben")

    def trouble(channel: str, **env: str) -> str:
        done = world.fails(7, "notify", "test", channel, who="ben", env=env)
        return str(done["message"])

    assert "no command 'ring'" in trouble("bell") and "no secret 'HOOK'" in trouble("hook")
    file = world.home / ".config" / "fedtasks" / "channels.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("commands: {ring: ['true']}\nsecrets: {HOOK: 'http://127.0.0.1:9/x'}\n")
    assert "chmod 600" in trouble("bell")
    file.chmod(0o600)
    assert world.ok("notify", "test", "bell", who="ben")["sent"] is True
    assert "127.0.0.1 cannot be reached" in trouble("hook")
    inside = world.root / "channels.yaml"
    inside.write_text("commands: {ring: ['true']}\n")
    assert "is in the store" in trouble("bell", FEDTASKS_CHANNELS=str(inside))
    assert "ended with 1" in trouble("bell", FEDTASKS_COMMAND_ring="false")
    assert "cannot be run" in trouble("bell", FEDTASKS_COMMAND_ring="no-such-program")
    inside.unlink()
    refuses(world, 3, "not_found", "notify", "test", "none", who="ben")
    for words in (("channel", "x"), ("channel", "x", "--remove"), ("rule",), ("rule", "--channel", "none"),
                  ("rule", "--remove", "9"), ("rule", "--timezone", "Nowhere/No"), ("rule", "--on", "x"),
                  ("rule", "--channel", "bell", "--throttle", "soon")):  # fmt: skip
        world.fails(2, "notify", *words, who="ben")
    refuses(world, 6, "invalid_data", "notify", "channel", "x", "--type", "webhook", "--url", "http://a", who="ben")
    left = world.ok("notify", "channel", "bell", "--remove", who="ben")["notify"]
    assert set(left["channels"]) == {"hook"} and left["rules"] == [{"channels": ["hook"]}]


def test_new_tasks_are_told_to_those_who_ask(office: Any) -> None:
    office.ok("notify", "rule", "--new", who="ben")
    office.add("one", who="ann")
    assert [notice["kind"] for notice in office.ok("inbox", who="ben")["notices"]] == ["created"]
    office.ok("notify", "rule", "--no-new", who="ben")
    office.add("two", who="ann")
    assert len(office.ok("inbox", who="ben")["notices"]) == 1


def test_a_listener_sends_too(office: Any) -> None:
    """Whoever waits for notices sends them on, but for what belongs to the terminal of `notify send`."""
    log = office.base / "log"
    office.ok("notify", "channel", "log", "--type", "command", who="ben")
    office.ok("notify", "channel", "term", "--type", "terminal", who="ben")
    office.give("one")
    done = office.run("inbox", "--wait", "5", who="ben", env={"FEDTASKS_COMMAND_log": f"sh -c 'cat >> {log}'"})
    assert done.code == 0 and done.err == "" and "ann assigned it to you" in done.out
    assert len(json.loads(log.read_text())["notices"]) == 1
    assert [parcel["channel"] for parcel in send(office, 1)["sent"]] == ["term"]
