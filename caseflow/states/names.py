"""Indonesian names folded into search keys: one key for the spellings one person's name is met in."""

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


def name_keys(name: str) -> tuple[str, ...]:
    """Folded words of a name, each once, in order: titles dropped, the father's name kept, initials kept only alone."""
    words = [word for part in _ALSO.split(_plain(name)) for word in _words(part)]
    keys = tuple(dict.fromkeys(_fold(word) for word in words if word not in _CHILD_OF))
    return tuple(key for key in keys if len(key) > 1) or keys


def full_key(name: str) -> str:
    """The person's own name as one folded word: `Siti Aminah binti H. Ahmad` and `Sitti Aminah` agree."""
    own: list[str] = []
    for word in _words(_ALSO.split(_plain(name))[0]):
        if word in _CHILD_OF and own:
            break
        own.append(_fold(word))
    return "".join(own)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).lower()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(part: str) -> list[str]:
    bare = re.sub(r"['`’‘ʼ]", "", _DEGREES.sub("", part))
    words = re.findall(r"[a-z]+", bare)
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
