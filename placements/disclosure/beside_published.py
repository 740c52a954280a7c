"""What may be shown beside what is published of an authority? The groups of each figure, in the same release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from placements import codes
from placements.analysis.location import FAR, NOT_KNOWN
from placements.disclosure.control.tables import Group, Plan, group

#: Those counted and those the share is of, None for a count.
Beside: TypeAlias = tuple[Group, Group | None]
_Where: TypeAlias = Mapping[str, str | Sequence[str]]

_FOSTERED: Final = {"provision": ("connected_carers", "in_house_foster", "agency_foster")}
_HOMES: Final = {"provision": ("childrens_home",)}
_OUTSIDE: Final = {"location": codes.OUT_OF_COUNTY}


def _care(where: _Where) -> Beside:
    return group(codes.CARE, where), group(codes.CARE)


def _plans(where: _Where) -> Beside:
    return group(codes.EDUCATION, where), group(codes.EDUCATION)


def _outside(where: _Where) -> Beside:
    known = (codes.IN_COUNTY, codes.OUT_OF_COUNTY)
    return group(codes.CARE, {**where, **_OUTSIDE}), group(codes.CARE, {**where, "location": known})


#: By the label of the figure (`analysis.published.COMPARABLES`).
BESIDE: Final[Mapping[str, Beside]] = {
    "Children looked after": (group(codes.CARE), None),
    "Unaccompanied": _care({"uasc": "yes"}),
    "Outside the authority": _care(_OUTSIDE),
    "Over 20 miles from home": _care({"distance": FAR}),
    "Outside and over 20 miles": _care({**_OUTSIDE, "distance": FAR}),
    "Distance not known": _care({"distance": NOT_KNOWN}),
    **{
        f"Aged {band.lower()}": _care({"age_band": band})
        for band in ("Under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")
    },
    "Boys": _care({"sex": "M"}),
    "Need: abuse or neglect": _care({"need": "N1"}),
    "Need: child's disability": _care({"need": "N2"}),
    "Fostered": _care(_FOSTERED),
    # Of those in secure settings not all are in homes: both are told, so that the table ties them.
    "In children's or secure homes": _care({"in_homes": "yes", "provision": ("childrens_home", "secure")}),
    "In supported accommodation": _care({"provision": "supported_accommodation"}),
    "In own provision": _care({"sector": "own"}),
    "In private provision": _care({"sector": "private"}),
    "In children's homes, outside": _outside(_HOMES),
    "Fostered, outside": _outside(_FOSTERED),
    "EHC plans": (group(codes.EDUCATION), None),
    "Plans: mainstream, base included": _plans({"provision": ("mainstream", "specialist_base")}),
    "Plans: state-funded special": _plans({"provision": "state_special"}),
    "Plans: independent and non-maintained special": _plans({"provision": "independent_special"}),
    "Plans: residential": (group(codes.EDUCATION, {"residential": "yes"}), None),
    **{f"Plans: need {need}": _plans({"need": need}) for need in ("ASD", "SLCN", "SEMH", "MLD")},
}


def declare_beside_published(plan: Plan) -> None:
    """Declare what is shown beside published figures."""
    for part, whole in BESIDE.values():
        if whole is None:
            plan.counts.append(part)
        elif len(plan.populations[part.population]):
            plan.shares.append((part, whole))
