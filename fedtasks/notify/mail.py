"""The channel that is e-mail."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from fedtasks.notify.delivery import TIMEOUT, Tools, Undelivered
from fedtasks.notify.message import Message
from fedtasks.notify.routing import Channel

SECRET = "SMTP"
LOCAL = ("localhost", "127.0.0.1", "::1")
DOMAIN = "fedtasks.invalid"


def email(message: Message, channel: Channel, tools: Tools) -> None:
    """Sends a mail; mails about one task are one thread, and the same message has the same Message-ID again."""
    to = channel.settings.get("to") or message.address
    if not to:
        raise Undelivered("there is no address: set 'to' of the channel, or the member's e-mail")
    server = urlsplit(tools.secret(str(channel.settings.get("secret") or SECRET)))
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise Undelivered(f"the secret {SECRET} is not like smtp://user:password@host:587")
    user, password = unquote(server.username or ""), unquote(server.password or "")
    sender = channel.settings.get("from") or (user if "@" in user else f"fedtasks@{DOMAIN}")
    try:
        mail = _mail(message, str(sender), str(to))
        with _connect(server.scheme, server.hostname, server.port) as connection:
            if user:
                _require_secure(connection, server.hostname)
                connection.login(user, password)
            connection.send_message(mail)
    except smtplib.SMTPAuthenticationError:
        raise Undelivered(f"{server.hostname} refused the user or the password") from None
    except (smtplib.SMTPException, OSError, ValueError) as found:
        raise Undelivered(f"{server.hostname}: {str(found) or type(found).__name__}"[:300]) from None


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
    return connection


def _require_secure(connection: smtplib.SMTP, host: str) -> None:
    if not isinstance(connection.sock, ssl.SSLSocket) and host not in LOCAL:
        raise Undelivered(f"{host} offers no encryption, and a password is not sent without")


def _mail(message: Message, sender: str, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"[{' '.join(message.project.split())}] {message.title}"
    mail["Message-ID"] = f"<{message.key}@{DOMAIN}>"
    if len(message.notices) == 1 and message.notices[0].task:
        mail["References"] = f"<{message.notices[0].task}@{DOMAIN}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.urgent:
        mail["Importance"] = "high"
    mail.set_content(message.body + "\n")
    return mail
