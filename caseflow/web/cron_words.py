"""The usual lines of a schedule in words, by the clock of the reader's office."""

import re
from datetime import datetime, tzinfo

from caseflow.errors import Sentence, _
from caseflow.i18n import format_time

DAILY = re.compile(r"(\d+) (\d+) \* \* \*")
EVERY_MINUTES = re.compile(r"\*/(\d+) \* \* \* \*")


def in_words(cron: str, zone: tzinfo, at: datetime, *, shown_in: tzinfo, lang: str) -> Sentence | str:
    """Return when a schedule runs; "" for a line that has no short words. `zone` is the one the line is written in."""
    line = " ".join(cron.split())
    if line == "* * * * *":
        return _("Setiap menit")
    if line == "0 * * * *":
        return _("Setiap jam")
    if every := EVERY_MINUTES.fullmatch(line):
        return _("Setiap {n} menit", n=int(every[1]))
    if daily := DAILY.fullmatch(line):
        first = at.astimezone(zone).replace(hour=int(daily[2]), minute=int(daily[1]))
        name = first.astimezone(shown_in).tzname() or ""
        return _("Setiap hari pukul {hour} {zone}", hour=format_time(first, shown_in, lang), zone=name)
    return ""
