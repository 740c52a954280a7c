"""How old must a reader be? The Flesch-Kincaid grade of a text, and the age at which English schools reach it.

Source: J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom, *Derivation of new readability formulas for Navy
enlisted personnel*, Research Branch Report 8-75 (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59. A grade
is a school year of the United States, whose first is of children of six: age = grade + 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_END = re.compile(r"(?<=[.!?;:])\s+(?=[A-Z“])")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def syllables(word: str) -> int:
    """Return the syllables of a word, by its groups of vowels; a silent last e, and -es and -ed, are none."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    short = (
        re.sub(r"(?<=[^aeiouy])(?:e|es|ed)$", "", plain)
        if not re.search(r"(?:[^aeiouy]le|[td]ed|[sxzc]es)$", plain)
        else plain
    )
    return max(1, len(re.findall(r"[aeiouy]+", short)))


def reading_age(texts: Iterable[str]) -> float:
    """Return the age of the Flesch-Kincaid grade of some texts together; numbers are left out."""
    sentences = [found for text in texts for found in _END.split(text) if len(_WORD.findall(found)) >= 3]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59 + 5
