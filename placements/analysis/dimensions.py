"""What can a figure be broken down by? Each dimension gives one text a row, `unknown` where it is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.definition import unknown_where_missing
from placements.analysis.inputs import Inputs
from placements.analysis.location import distance_band
from placements.analysis.time_in_care import TIME_IN_CARE, time_in_care
from placements.errors import UsageError

YEAR: Final = "year"


@dataclass(frozen=True)
class Dimension:
    """One way to divide a population.

    Attributes
    ----------
    name, label : str
    values : callable
        Gives a text by row, never missing.
    labels : mapping of str to str
        What a reader sees for a value; in the order they are listed.
    services : tuple of str
        Which populations can be divided by it.
    """

    name: str
    label: str
    values: Callable[[pd.DataFrame, Inputs], pd.Series]
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    services: tuple[str, ...] = codes.SERVICES


def _column(name: str) -> Callable[[pd.DataFrame, Inputs], pd.Series]:
    def values(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
        return unknown_where_missing(rows[name])

    return values


#: Legal status as DfE publishes it, coarser than its codes.
LEGAL_GROUP: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("C1", "C2"), "care_order"),
        **dict.fromkeys(("D1",), "freeing_order"),
        **dict.fromkeys(("E1",), "placement_order"),
        **dict.fromkeys(("V2",), "voluntary"),
        **dict.fromkeys(("J1", "J2", "J3"), "youth_justice"),
        **dict.fromkeys(("L1", "L2", "L3"), "child_protection"),
    }
)
LEGAL_GROUP_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "care_order": "Care order, full or interim",
        "freeing_order": "Freeing order",
        "placement_order": "Placement order",
        "voluntary": "Voluntary agreement under section 20",
        "youth_justice": "Youth justice",
        "child_protection": "Detained for child protection",
        codes.UNKNOWN: "Not known",
    }
)


def _legal(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return unknown_where_missing(rows["legal_status"].map(LEGAL_GROUP))


def _uasc(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return pd.Series(np.where(rows["uasc"], "unaccompanied", "other"), index=rows.index)


_ALL_AGES: Final = {label: label for bands in codes.AGE_BANDS.values() for label, _ in bands}

DIMENSIONS: Final[Mapping[str, Dimension]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Dimension("need", "Need", _column("need_group"), codes.NEED_GROUP_LABEL),
            Dimension("need_code", "Recorded need", _column("need"), MappingProxyType({**codes.CIN, **codes.SEN_TYPE})),
            Dimension(
                "age_band",
                "Age",
                _column("age_band"),
                MappingProxyType({**_ALL_AGES, codes.AGE_UNKNOWN: codes.AGE_UNKNOWN}),
            ),
            Dimension(
                "sex", "Sex", _column("sex"), MappingProxyType({"F": "Female", "M": "Male", "U": "Not recorded"})
            ),
            Dimension("provision", "Provision", _column("provision"), codes.PROVISION),
            Dimension("sector", "Sector", _column("sector"), codes.SECTOR),
            Dimension("legal_status", "Legal status", _legal, LEGAL_GROUP_LABEL, (codes.CARE,)),
            Dimension(
                "time_in_care",
                "Time in care",
                lambda rows, inputs: time_in_care(rows, inputs.placements, inputs.on),
                TIME_IN_CARE,
                (codes.CARE,),
            ),
            Dimension(
                "uasc",
                "Unaccompanied",
                _uasc,
                MappingProxyType({"unaccompanied": "Unaccompanied asylum-seeking", "other": "Other children"}),
                (codes.CARE,),
            ),
            Dimension("area", "Home area", _column("home_area")),
            Dimension("location", "Location", _column("location"), codes.LOCATION),
            Dimension("distance", "Distance", lambda rows, inputs: distance_band(rows)),
            Dimension("host", "Host authority", _column("placement_authority")),
        )
    }
)


def dimensions_of(names: tuple[str, ...], service: str) -> tuple[Dimension, ...]:
    """Return the dimensions asked for, without `year`.

    Raises
    ------
    UsageError
        When one is not known or is not of the service.
    """
    known = {name for name, one in DIMENSIONS.items() if service in (*one.services, "both")}
    for name in names:
        if name != YEAR and name not in known:
            raise UsageError(f"there is no breakdown {name!r} here; there are {', '.join(sorted({*known, YEAR}))}")
    return tuple(DIMENSIONS[name] for name in names if name != YEAR)
