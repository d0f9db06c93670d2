"""How a message went by each way, in words: sent when, tried again, given up and why, perhaps sent twice."""

from caseflow.actions.desk import Delivery
from caseflow.errors import Sentence, _
from caseflow.web.environment import Words
from caseflow.web.speech import Teller

WAYS: dict[str, Words] = {"email": _("Surel"), "whatsapp": "WhatsApp", "record": _("Berkas pesan keluar")}
"""Name of a channel -> what people call it."""


def told(sent: Delivery, teller: Teller, *, own: bool) -> str:
    """Return one sentence; why something failed is told to its reader alone (`own`), since it may quote an address."""
    way = teller.say(WAYS[sent.channel]) if sent.channel in WAYS else sent.channel
    said = teller.say(_state(sent, way, teller))
    if sent.maybe_twice:
        said = f"{said} {teller.say(_('Mungkin terkirim dua kali.'))}"
    if own and sent.failure and sent.state != "sent":
        said = f"{said} {sent.failure}"
    return said


def _state(sent: Delivery, way: str, teller: Teller) -> Sentence:
    match sent.state:
        case "sent":
            when = teller.moment(sent.sent_at) if sent.sent_at else "-"
            return _("{way}: sampai {when}.", way=way, when=when)
        case "failed":
            return _("{way}: gagal, ditolak untuk seterusnya.", way=way)
        case "dropped":
            return _("{way}: tidak dikirim, sudah selesai atau tidak diminta lagi.", way=way)
        case "waiting" if sent.attempts:
            return _("{way}: belum sampai sesudah {n} percobaan, dicoba lagi.", way=way, n=sent.attempts)
        case "waiting":
            return _("{way}: menunggu dikirim.", way=way)
        case _:
            return _("{way}: sedang dikirim.", way=way)
