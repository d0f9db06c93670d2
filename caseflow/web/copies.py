"""The keys under which a browser seals the words that were not sent: those of one person, never stored there."""

import hmac
from base64 import b64encode

from caseflow.crypto import Keyring

PURPOSE = b"web.copy."


def keys_of(keys: Keyring, user_id: str) -> str:
    """Return a person's keys for their pages, the newest first: while the master key changes there are several."""
    each = (hmac.digest(key, PURPOSE + user_id.encode(), "sha256") for key in keys.token)
    return " ".join(b64encode(key).decode() for key in each)
