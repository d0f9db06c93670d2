"""E-mail through an SMTP server: smtp:// (encrypted where the server can) or smtps://."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from caseflow.channels.protocol import Channel, Message, Recipient
from caseflow.errors import MessageNotSent, _
from caseflow.settings import Settings

NAME = "email"
TIMEOUT = 20
"""Seconds that one answer of the server may take."""

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,100}@[\w.-]+", re.ASCII)
"""One address: nothing in it ends a line, names a second reader or closes the brackets it is written in."""
CALENDAR = "kunjungan.ics"
"""What the attached date is called."""

_OK = range(200, 300)
_FOR_GOOD = range(500, 600)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b", re.ASCII)
"""What a reply code means more exactly (RFC 3463)."""
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def channel(settings: Settings) -> Channel | None:
    """Return the channel where CASEFLOW_SMTP_URL is set."""
    if settings.smtp_url is None:
        return None
    server, sender = urlsplit(settings.smtp_url), settings.mail_from

    def send(message: Message) -> None:
        _send(server, sender, message)

    return Channel(NAME, _address, send)


def _address(recipient: Recipient) -> str | None:
    return recipient.email or None


def _send(server: SplitResult, sender: str, message: Message) -> None:
    if not ADDRESS.fullmatch(message.to):
        raise MessageNotSent(
            channel=NAME, reason=_("alamat surel ini tidak dapat dipakai"), final=True, maybe_sent=False
        )
    connected = handed_over = answered = False
    try:
        with _connected(server) as smtp:
            connected = True
            _require(smtp.mail(sender))
            _require(smtp.rcpt(message.to))
            handed_over = True
            answer = smtp.data(_mail(sender, message).as_bytes(policy=WIRE))
            answered = True
            _require(answer)
    except (OSError, smtplib.SMTPException) as problem:
        # A refused log-in is the operator's to mend; a refused reader or message stays refused.
        final = connected and getattr(problem, "smtp_code", 0) in _FOR_GOOD
        # Cut off between the message and the answer to it, nobody knows whether it was taken.
        unknown = handed_over and not answered and not isinstance(problem, smtplib.SMTPDataError)
        raise MessageNotSent(channel=NAME, reason=_reason(problem), final=final, maybe_sent=unknown) from problem


@contextmanager
def _connected(server: SplitResult) -> Iterator[smtplib.SMTP]:
    host = server.hostname or ""
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(host, server.port or 25, timeout=TIMEOUT)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif server.scheme == "smtp" and server.username and host not in _LOCAL:
            raise smtplib.SMTPNotSupportedError(_("server surat tidak menawarkan enkripsi untuk kata sandi"))
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        yield smtp
        # The message is taken: how the conversation ends changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
    finally:
        smtp.close()


def _require(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code not in _OK:
        raise smtplib.SMTPResponseException(code, words)


def _reason(problem: Exception) -> str:
    """Return why, without the words of the server: they may name the address that was written to."""
    if isinstance(problem, smtplib.SMTPResponseException):
        words = problem.smtp_error
        said = words.decode(errors="replace") if isinstance(words, bytes) else words
        enhanced = _ENHANCED.match(said)
        code = f"{problem.smtp_code} {enhanced[0]}" if enhanced else str(problem.smtp_code)
        return _("server surat menjawab {code}", code=code)
    return str(problem) or type(problem).__name__


def _mail(sender: str, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Message-ID"] = message.id
    mail["Date"] = format_datetime(message.at)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text)
    if message.calendar:
        mail.add_attachment(message.calendar, subtype="calendar", filename=CALENDAR)
    return mail
