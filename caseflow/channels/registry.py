"""The channels there are, as one literal table, and those an installation uses."""

from collections.abc import Callable

from caseflow.channels import email, record, whatsapp
from caseflow.channels.protocol import Channel
from caseflow.settings import Settings

CHANNELS: dict[str, Callable[[Settings], Channel | None]] = {
    "email": email.channel,
    "whatsapp": whatsapp.channel,
}
"""Name -> the channel with these settings, or None where the settings do not mention it."""


def active(settings: Settings) -> dict[str, Channel]:
    """Return the channels in use; where none is set up, messages are written to a file instead of sent."""
    made = {name: make(settings) for name, make in CHANNELS.items()}
    found = {name: channel for name, channel in made.items() if channel is not None}
    return found or {record.NAME: record.channel(settings)}
