"""Which columns hold names of people? They are never copied anywhere, the quarantine included."""

from __future__ import annotations

import re
from typing import Final

from placements.read.rawtable import plain

#: Sources of which a row is a person; in the others a column `Name` is a school's or a home's.
PERSON_SOURCES: Final = frozenset({"ssda903", "sen2", "census"})
_PEOPLE: Final = r"(child|youngperson|person|pupil|student)"
#: In plain column names, without digits at their end. "Measure name" is no surname, "first named" no first name.
_NAMES: Final = re.compile(
    r"(?<!mea)surname(?!d)|(fore|first|last|middle|given|family)name(?!d)"
    r"|preferred[a-z]*names?$"
    rf"|{_PEOPLE}s?(legal|full)?name(?!d)|nameof(the)?{_PEOPLE}(?!ren)"
    rf"|^({_PEOPLE}s?|legal|also)?(fullname|knownas)s?$"
)


def is_private(column: object, source: str) -> bool:
    """Return whether a column (or field, or element) of a source holds names of people, by its name.

    Parameters
    ----------
    column : str
        In any case and punctuation, with or without a number at its end (`Surname.1`, `Forename 2`).
    source : str
        Such as `ssda903`.
    """
    name = plain(column).rstrip("0123456789")
    return bool(_NAMES.search(name)) or (source in PERSON_SOURCES and name in ("name", "names"))
