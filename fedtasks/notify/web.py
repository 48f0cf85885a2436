"""Channels over HTTP: webhooks, and whatever apprise knows."""

from __future__ import annotations

import hmac
import json
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from fedtasks.notify.delivery import TIMEOUT, Tools, Undelivered
from fedtasks.notify.message import Message
from fedtasks.notify.routing import Channel


class _NoRedirects(HTTPRedirectHandler):
    """An address in a store leads where it says, and nowhere else."""

    def redirect_request(self, *arguments: object) -> None:
        return None


def webhook(message: Message, channel: Channel, tools: Tools) -> None:
    """Posts the message as JSON; `Idempotency-Key` is the same when the same message is sent again."""
    address = _address(channel, tools)
    data = json.dumps(message.to_json(), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "fedtasks", "Idempotency-Key": message.key}
    if channel.settings.get("sign"):
        key = tools.secret(str(channel.settings["sign"])).encode()
        headers["X-Fedtasks-Signature"] = f"sha256={hmac.new(key, data, 'sha256').hexdigest()}"
    try:
        request = Request(address, data=data, headers=headers, method="POST")  # noqa: S310  https, or the machine's own
        with build_opener(_NoRedirects).open(request, timeout=TIMEOUT):
            pass
    except HTTPError as found:
        raise Undelivered(f"{_host(address)} answered {found.code}") from None
    except (URLError, OSError, ValueError) as found:
        raise Undelivered(f"{_host(address)} cannot be reached: {getattr(found, 'reason', found)}") from None


def _address(channel: Channel, tools: Tools) -> str:
    """A secret address may be any, one that stands in the store is https."""
    if channel.settings.get("secret"):
        return tools.secret(str(channel.settings["secret"]))
    address = str(channel.settings.get("url") or "")
    if not address.startswith("https://"):
        raise Undelivered("its url is no https address; put another one among this machine's secrets")
    return address


def _host(address: str) -> str:
    """The host alone: the rest of an address is often its secret."""
    return urlsplit(address).hostname or "the webhook"


def by_apprise(message: Message, channel: Channel, tools: Tools) -> None:
    """Hands the message to apprise; its warnings are about its own dependencies."""
    import warnings

    address = tools.secret(str(channel.settings.get("secret") or channel.name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _notify(message, address)


def _notify(message: Message, address: str) -> None:
    try:
        import apprise
    except ImportError:
        raise Undelivered("apprise is not installed: pip install 'fedtasks[apprise]'") from None
    sender = apprise.Apprise()
    if not sender.add(address):
        raise Undelivered("apprise does not know that kind of address")
    kind = apprise.NotifyType.WARNING if message.urgent else apprise.NotifyType.INFO
    if not sender.notify(title=message.title, body=message.body, notify_type=kind):
        raise Undelivered("apprise could not send it")
