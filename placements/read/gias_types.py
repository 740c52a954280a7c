"""What kind of place is each type of establishment in GIAS? One table; the families are those of `codes.PROVISION`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

#: Every `TypeOfEstablishment (name)` of GIAS by provision family, as DfE groups them in its statistics of EHC plans:
#: higher education stands with further education, and a school outside England, online or secure is "elsewhere".
TYPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "mainstream": (
            "Community school",
            "Voluntary aided school",
            "Voluntary controlled school",
            "Foundation school",
            "Academy converter",
            "Academy sponsor led",
            "Free schools",
            "City technology college",
            "University technical college",
            "Studio schools",
            "Local authority nursery school",
            "Other independent school",
        ),
        "state_special": (
            "Community special school",
            "Foundation special school",
            "Academy special converter",
            "Academy special sponsor led",
            "Free schools special",
        ),
        "independent_special": ("Non-maintained special school", "Other independent special school"),
        "alternative_provision": (
            "Pupil referral unit",
            "Academy alternative provision converter",
            "Academy alternative provision sponsor led",
            "Free schools alternative provision",
        ),
        "post_16": (
            "Further education",
            "Special post 16 institution",
            "Sixth form centres",
            "Academy 16-19 converter",
            "Academy 16 to 19 sponsor led",
            "Free schools 16 to 19",
            "Higher education institutions",
        ),
        "other_education": (
            "Secure units",
            "Academy secure 16 to 19",
            "Online provider",
            "Welsh establishment",
            "Offshore schools",
            "British schools overseas",
            "Service children's education",
            "European schools",
            "Institution funded by other government department",
            "Miscellaneous",
            "Legacy types",
        ),
    }
)
_FAMILY: Final = MappingProxyType({name.lower(): family for family, names in TYPES.items() for name in names})
#: Types that are run neither by an authority nor for one by an academy trust. Where such a school is no other sector's,
#: it counts as private, non-maintained special schools too: their places are bought one by one.
_PRIVATE: Final = (
    "other independent school",
    "other independent special school",
    "non-maintained special school",
    "special post 16 institution",
    "online provider",
    "british schools overseas",
)
_OTHER_PUBLIC: Final = ("further education", "higher education institutions", "welsh establishment")


def school_provision(establishment_type: pd.Series) -> pd.Series:
    """Return the provision family of each type: not known where blank, `other_education` where it is not listed."""
    plain = establishment_type.str.strip().str.lower()
    family = plain.map(_FAMILY).astype("str").fillna("other_education")
    return family.mask(plain.eq(""), "education_unknown").rename("provision")


def school_sector(establishment_type: pd.Series) -> pd.Series:
    """Return who provides each type: the state's schools count as `own`, wherever they are."""
    plain = establishment_type.str.strip().str.lower()
    sector = pd.Series("own", index=plain.index, dtype="str", name="sector")
    return sector.mask(plain.isin(_PRIVATE), "private").mask(plain.isin(_OTHER_PUBLIC), "other_public")
