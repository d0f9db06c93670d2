"""A device in words: which browser on which system, as far as the browser says."""

from caseflow.errors import Sentence, _
from caseflow.web.environment import Words

UNKNOWN: Sentence = _("Peramban tidak dikenal")
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What is found in the line a browser sends -> its name; the first found counts: most call themselves Safari too."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return "Chrome, Android" for what a browser says it is; empty where nothing in it is known."""
    found = (_first(user_agent, _BROWSERS), _first(user_agent, _SYSTEMS))
    return ", ".join(name for name in found if name)


def words_of(device: str) -> Words:
    """Return what a page says of a device."""
    return device or UNKNOWN


def _first(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for part, name in names if part in text), "")
