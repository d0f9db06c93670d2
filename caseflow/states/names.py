"""Texts as they are kept, and Indonesian names folded into search keys: one key for all spellings of one name."""

import re
import unicodedata
from functools import lru_cache

# Written out or shortened in every register.
_SAME = {
    "abd": "abdul",
    "abdl": "abdul",
    "ach": "ahmad",
    "achm": "ahmad",
    "ahm": "ahmad",
    "md": "muhamad",
    "mhd": "muhamad",
    "mhmd": "muhamad",
    "moch": "muhamad",
    "mochd": "muhamad",
    "moh": "muhamad",
    "mohd": "muhamad",
    "much": "muhamad",
    "muh": "muhamad",
    "muhd": "muhamad",
    "muhm": "muhamad",
    "st": "siti",
}
_MUHAMMAD = re.compile(r"m[ou][ck]?h+a+m+[aeu]+[dt]h?")
_TITLES = frozenset(
    {
        "h",
        "hj",
        "haji",
        "hajah",
        "hajjah",
        "kh",
        "kyai",
        "kiai",
        "ki",
        "ust",
        "ustad",
        "ustadz",
        "ustadzah",
        "tgk",
        "tgh",
    }
    | {
        "dr",
        "drs",
        "dra",
        "drg",
        "drh",
        "ir",
        "prof",
        "r",
        "rr",
        "rd",
        "raden",
        "alm",
        "almh",
        "almarhum",
        "almarhumah",
    }
    | {"bpk", "bapak", "ibu", "sdr", "sdri", "tn", "ny", "nn"}
)
_CHILD_OF = frozenset({"bin", "binti", "bt", "bte", "bti", "ibn", "b"})
_ALSO = re.compile(r"\b(?:alias|als|a\.k\.a)\b\.?|[/(]")
_DEGREES = re.compile(r",.*$|(?:\s[smd]\.\s?(?:pd|sos|kom|kep|kes|keb|hum|ag|ip|si|km|ak|psi)\b[.\w]*)+\s*$")
_OLD_SPELLING = re.compile(r"dj|tj|nj|sj|oe")

# What tells nobody from another in a sentence about people.
_JOINED = re.compile(r"[,;/()\n]|\b(?:dan|atau|serta|maupun|juga|bernama|yaitu|yakni)\b")
_EMPTY = frozenset(
    {
        "yang",
        "yg",
        "di",
        "ke",
        "dari",
        "dengan",
        "untuk",
        "pada",
        "itu",
        "ini",
        "ada",
        "oleh",
        "semua",
        "para",
        "tidak",
        "boleh",
        "tahu",
        "jangan",
        "sampai",
        "si",
        "sang",
        "kandung",
        "tiri",
        "angkat",
    }
)
_POSTS = _TITLES | frozenset(
    {
        "pak",
        "bu",
        "mas",
        "mbak",
        "kak",
        "kakak",
        "bang",
        "abang",
        "adik",
        "om",
        "tante",
        "keluarga",
        "warga",
        "tetangga",
        "kepala",
        "ketua",
        "wakil",
        "direktur",
        "pimpinan",
        "camat",
        "lurah",
        "petugas",
        "pejabat",
        "anggota",
        "dinas",
        "kantor",
        "rt",
        "rw",
        "desa",
        "kelurahan",
        "kecamatan",
        "kabupaten",
        "kota",
        "dusun",
        "jalan",
        "anak",
        "klien",
        "korban",
    }
)

LONGEST_KEY = 63
"""Letters that are kept of a word to find it by; a keyed name of a closed file is told from all words by its length."""

# In this order. Every rule folds spellings that registers mix freely; a key is for finding, never for showing.
_FOLDS = tuple(
    (re.compile(pattern), kept)
    for pattern, kept in (
        (r"oe", "u"),
        (r"oo", "u"),
        (r"ou", "u"),
        (r"tj", "c"),
        (r"dj", "j"),
        (r"nj", "ny"),
        (r"sj|sy|sh|ts", "s"),
        (r"dz|dh?z", "z"),
        (r"kh|ch(?=air|ol|us|om|ot)|(?<=[aiou])ch(?=[a-z])", "h"),
        (r"^chr", "kr"),
        (r"ch", "c"),
        (r"th", "t"),
        (r"dh", "d"),
        (r"bh", "b"),
        (r"gh", "g"),
        (r"ae", "ai"),
        (r"[fv]|ph", "p"),
        (r"q", "k"),
        (r"x", "ks"),
        (r"z", "j"),
        (r"^j|(?<=[aeiou])j(?=[aeiou])", "y"),
        (r"(?<=[^aeiou])y|(?<=[aou])y$", "i"),
        (r"iy(?=[aeou])", "i"),
        (r"(.)\1+", r"\1"),
        (r"(?<=[aeiou])h$", ""),
    )
)


# What nobody sees: controls, soft hyphens, zero-width signs, marks and orders of direction, fillers, variants, tags.
# The number signs of Arabic (U+0600 to U+0605, U+06DD, U+08E2) are seen, and stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def prose(text: str) -> str:
    """Return a text as it is kept: composed (NFC), line ends as one character, without signs that nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))


def line(text: str) -> str:
    """Return a text of one line, such as a name, as it is kept: as `prose`, with single spaces between its words."""
    return " ".join(prose(text).split())


def name_keys(name: str) -> tuple[str, ...]:
    """Folded words of a name, each once, in order: titles dropped, the father's name kept, initials kept only alone."""
    words = [word for part in _ALSO.split(_plain(name)) for word in _words(part)]
    keys = tuple(dict.fromkeys(_fold(word)[:LONGEST_KEY] for word in words if word not in _CHILD_OF))
    return tuple(key for key in keys if len(key) > 1) or keys


def full_key(name: str) -> str:
    """The person's own name as one folded word: `Siti Aminah binti H. Ahmad` and `Sitti Aminah` agree."""
    own: list[str] = []
    for word in _words(_ALSO.split(_plain(name))[0]):
        if word in _CHILD_OF and own:
            break
        own.append(_fold(word))
    return "".join(own)


def persons_in(text: str) -> tuple[frozenset[str], ...]:
    """Return for each person whom a sentence names the words that tell them from others, folded.

    Of `Slamet Riyadi (suaminya), Pak Eko` these are slamet and riyadi; suami; eko. Posts and forms of address count
    only for who is named by nothing else.
    """
    found = []
    for part in _JOINED.split(_plain(text)):
        words = _spoken(part) - {_fold(word) for word in _EMPTY}
        if words:
            found.append(words - {_fold(word) for word in _POSTS} or words)
    return tuple(found)


def is_meant(person: frozenset[str], text: str) -> bool:
    """Tell whether a text may name a person of `persons_in`: by any word of the name, or by the whole of the post."""
    said = _spoken(_plain(text))
    posts = {_fold(word) for word in _POSTS}
    return person <= said if person <= posts else bool(person & said)


def _spoken(plain: str) -> frozenset[str]:
    """Words of a sentence, folded, without what is hung on them: `suaminya` is suami; initials tell nobody."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"['`’‘ʼـ]", "", plain))
    bare = (word.removesuffix("nya") if len(word) > _HUNG_ON else word for word in words)
    return frozenset(_fold(word) for word in bare if len(word) > 1 and word not in _CHILD_OF)


_HUNG_ON = 5
"""Letters up to which `nya` belongs to the word (Kania, Sonya)."""


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", prose(name)).lower()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(part: str) -> list[str]:
    bare = re.sub(r"['`’‘ʼـ]", "", _DEGREES.sub("", part))  # the last one only stretches Arabic letters
    words = re.findall(r"[^\W\d_]+", bare)
    named = [word for word in words if word not in _TITLES] or words
    if len(named) > 1 and named[0] == "m":
        named[0] = "muhamad"
    return named


@lru_cache(maxsize=1 << 14)  # a register's names are few words met often
def _fold(word: str) -> str:
    if word in _SAME or _MUHAMMAD.fullmatch(word):
        word = _SAME.get(word, "muhamad")
    if _OLD_SPELLING.search(word):
        # A word with one old spelling has others: its lone j is today's y (Soerjadi), its dj today's j.
        word = re.sub(r"(?<![dtns])j", "y", word)
    for pattern, kept in _FOLDS:
        word = pattern.sub(kept, word)
    return word
