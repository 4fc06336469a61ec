"""Alerts by e-mail, over the station's own mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from broadcaster.config import Settings

TIMEOUT_S = 15.0


class NotSent(Exception):
    """A message could not be handed over. `can_retry` says whether trying again may help."""

    def __init__(self, why: str, *, can_retry: bool = True) -> None:
        super().__init__(why)
        self.can_retry = can_retry


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail goes out, and to whom."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    recipients: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Mailbox | None:
        """As the settings have it; None where no mail is to be sent."""
        recipients = tuple(address.strip() for address in settings.alert_mail_to.split(",") if address.strip())
        if not settings.smtp_host or not recipients:
            return None
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password,
            sender=settings.smtp_from or recipients[0],
            recipients=recipients,
        )

    def send(self, subject: str, lines: Sequence[str]) -> None:
        """Sends one message with one line for each alert.

        Raises:
            NotSent: the server cannot be reached, or refuses it.
        """
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self.sender, ", ".join(self.recipients)
        message.set_content("\n".join(lines) + "\n")
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPAuthenticationError:
            # Its own words may hold the name and more.
            raise NotSent("mail server refuses the account", can_retry=False) from None
        except (smtplib.SMTPException, OSError) as failure:
            raise NotSent(f"{type(failure).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        if self.security == "starttls":
            server.starttls(context=context)
        return server
