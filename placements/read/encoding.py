"""From bytes to text: UTF-8 or UTF-16 when they say so, else the older Western encoding that makes most sense of it."""

from __future__ import annotations

import codecs
import re
from typing import Final

_WESTERN: Final = ("cp1252", "mac_roman")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What text hardly ever holds: an accented letter that stands alone, a capital inside a word, a symbol inside a word.
_ODD: Final = re.compile(
    r"(?<![^\W\d_])[À-ÖØ-Þß-öø-ÿŒœŠšŸŽžı](?![^\W\d_])"
    r"|(?<=[a-z])[À-ÖØ-ÞŒŠŸŽ](?=[a-z])"
    r"|(?<=[^\W\d_])[€‚„†‡ˆ‰‹•˜›¡-©«-´¶-¿×÷√≈≠≤≥∂∑∏π∫Ω∆◊ﬁﬂ](?=[^\W\d_])"
    r"|[\x80-\x9f\uf8ff]"
)


def to_utf8(content: bytes) -> tuple[bytes, str]:
    """Return the same text as UTF-8 without a byte-order mark, and the name of the encoding it was in.

    Anything that is not UTF-8 is read as Windows-1252 or Mac Roman, whichever leaves fewer oddities (an accented letter
    standing alone, a capital or a symbol inside a word); bytes that neither defines become U+FFFD, so nothing is lost.
    """
    if content.isascii():
        return content, "utf-8"
    for mark, name in _MARKS:
        if content.startswith(mark):
            body = content[len(mark) :]
            return (body, name) if name == "utf-8" and _is_utf8(body) else _recode(body, name)
    if _is_utf8(content):
        return content, "utf-8"
    name = min(_WESTERN, key=lambda encoding: _oddities(content, encoding))
    return _recode(content, name)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _recode(content: bytes, encoding: str) -> tuple[bytes, str]:
    return content.decode(encoding, errors="replace").encode("utf-8", errors="replace"), encoding


def _oddities(content: bytes, encoding: str) -> int:
    """Return how many things in lines with bytes past ASCII look wrong under an encoding."""
    lines = [line for line in content.splitlines() if not line.isascii()]
    return sum(len(_ODD.findall(line.decode(encoding, errors="replace"))) for line in lines[:5000])
