"""Why are children outside the authority, and how many of those placements could local places have made unneeded?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.avoidable import REASONS, classify
from placements.analysis.avoidable_range import avoidable_range
from placements.analysis.definition import Column, Definition, Kind, Population, TableColumn
from placements.analysis.inputs import Inputs
from placements.analysis.occupancy import use_by_day
from placements.analysis.snapshot import looked_after, plans_in_force, stock

_RULES: Final = (
    "The rules of analysis/avoidable.py, with the vocabulary of the commissioning census (Placements North West); "
    "Children Act 1989 ss22C(9) and 22G. Inference sees neither safeguarding nor a child's wish: an upper bound"
)
_RECORDED: Final = "Placements North West commissioning census, primary reason for placing at distance"
_JUDGEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {"avoidable": "Avoidable", "appropriate": "Appropriate", "unknown": "Cannot be judged"}
)
_NOT_REASONS: Final = ("in_county", "location_unknown")
#: Recorded and inferred reasons are different categories, since one is weaker evidence than the other.
_CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(
    {f"recorded_{name}": f"Recorded: {REASONS[name].lower()}" for name in codes.REASON_AT_DISTANCE}
    | {
        f"inferred_{name}": f"Inferred: {label[0].lower()}{label[1:]}"
        for name, label in REASONS.items()
        if name not in (*_NOT_REASONS, *codes.REASON_AT_DISTANCE)
    }
)


def _outside(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["location"].eq(codes.OUT_OF_COUNTY)]


OUTSIDE: Final[Mapping[str, Population]] = MappingProxyType(
    {
        codes.CARE: Population(
            "looked_after_outside",
            "Children looked after who are placed outside the authority",
            codes.CARE,
            lambda inputs: _outside(looked_after(inputs.placements, inputs.on)),
        ),
        # What was free in schools is known of the snapshot day only.
        codes.EDUCATION: Population(
            "ehc_plans_outside",
            "EHC plans in force whose setting is outside the authority",
            codes.EDUCATION,
            lambda inputs: _outside(plans_in_force(inputs.placements, inputs.on)),
            "plans",
            now_only=True,
        ),
    }
)


def _judged(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    use = use_by_day(inputs.placements, inputs.provision, inputs.snapshot)
    return classify(rows, inputs.provision, inputs.thresholds, use)


def _reason(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    judged = _judged(rows, inputs)
    return judged["basis"] + "_" + judged["reason"]


def _judgement(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return _judged(rows, inputs)["judgement"]


def _avoidable(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    judgement = _judged(rows, inputs)["judgement"]
    return judgement.eq("avoidable").astype("boolean").mask(judgement.eq("unknown"))


def _avoidable_recorded(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    judged = _judged(rows, inputs)
    return judged["judgement"].eq("avoidable").astype("boolean").mask(judged["basis"].ne("recorded"))


def _not_appropriate(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return _judged(rows, inputs)["judgement"].ne("appropriate").astype("boolean")


def _recorded(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return rows["reason_at_distance"].isin(list(codes.REASON_AT_DISTANCE)).astype("boolean")


def _range(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    use = use_by_day(inputs.placements, inputs.provision, inputs.snapshot)
    rows = _outside(stock(inputs.placements, inputs.on)).reset_index(drop=True)
    return avoidable_range(rows, inputs.provision, inputs.thresholds, use, by)


def _of_service(service: str, prefix: str, whose: str) -> tuple[Definition, ...]:
    people, who = OUTSIDE[service], f"{whose} outside the authority"
    return (
        Definition(
            f"{prefix}_out_of_county_reason",
            f"Why {who}: recorded and inferred reasons",
            Kind.BREAKDOWN,
            f"{whose.capitalize()} by the reason recorded, or where none is, by the reason that the rules infer",
            f"All {who}",
            "Nobody: where no rule decides, that is the reason. Those whose location is not known are not among them",
            _RULES,
            people,
            category=_reason,
            categories=_CATEGORIES,
        ),
        Definition(
            f"{prefix}_out_of_county_judgement",
            f"Could local places have met it: {who}",
            Kind.BREAKDOWN,
            f"{whose.capitalize()} judged avoidable (no suitable local place, or all full), appropriate, or not to be "
            "judged, by recorded reasons and where none is recorded by inferred ones",
            f"All {who}",
            "Nobody. Those whose location is not known are not among them",
            _RULES,
            people,
            category=_judgement,
            categories=_JUDGEMENTS,
        ),
        Definition(
            f"{prefix}_avoidable_share",
            f"Judged avoidable, of {who} who can be judged",
            Kind.SHARE,
            f"{whose.capitalize()} judged avoidable, by a recorded reason or an inferred one",
            f"Those {who} judged avoidable or appropriate",
            "Those who cannot be judged: outside though local places were vacant, or of a kind that no rule covers",
            _RULES,
            people,
            holds=_avoidable,
        ),
        Definition(
            f"{prefix}_avoidable_recorded_share",
            f"Avoidable by a recorded reason, of {who} with one",
            Kind.SHARE,
            f"{whose.capitalize()} whose recorded reason is that local provision did not exist or was not available",
            f"Those {who} with a recorded reason",
            "Those without a recorded reason",
            _RECORDED,
            people,
            holds=_avoidable_recorded,
        ),
        Definition(
            f"{prefix}_avoidable_upper_share",
            f"Not shown to be appropriate, of all {who} (upper bound of avoidable)",
            Kind.SHARE,
            f"{whose.capitalize()} judged avoidable, and those who cannot be judged, as if all were avoidable",
            f"All {who}",
            "Nobody. Those whose location is not known are not among them",
            _RULES,
            people,
            holds=_not_appropriate,
        ),
        Definition(
            f"{prefix}_reason_recorded_share",
            f"With a recorded reason, of {who}",
            Kind.SHARE,
            f"{whose.capitalize()} with a reason for placing at distance in the commissioning census",
            f"All {who}",
            "Nobody; a reason in words that no key stands for (other, unknown) counts as none",
            _RECORDED,
            people,
            holds=_recorded,
        ),
    )


_CHILDREN: Final = TableColumn(Column.CHILDREN)
_TEXT: Final = TableColumn(Column.TEXT)


def _share(of: str) -> TableColumn:
    return TableColumn(Column.SHARE, share_of=(of, "children"))


AVOIDABLE_RANGE: Final = Definition(
    "avoidable_range",
    "Judged avoidable under other assumptions of the rules: low, central and high",
    Kind.TABLE,
    "Children and plans outside the authority judged avoidable, each assumption moved to both ends of its range alone, "
    "then all together: near home 0 to 5 miles; full at 80% to 100% of usable places; local vacancy none to all "
    "avoidable; others' use none to as now. Central is as the settings say, with none of local vacancy avoidable",
    "All children looked after and EHC plans outside the authority, of each service and basis; a child in both counts "
    "in each. The range is of the rules; `chance_low` to `chance_high` is the 95% Wilson interval of the central share",
    "Nobody; those who cannot be judged count as not avoidable, but for the high end of local vacancy",
    _RULES,
    table=_range,
    columns=MappingProxyType(
        {
            "service": _TEXT,
            "basis": _TEXT,
            "assumption": _TEXT,
            "children": _CHILDREN,
            **{f"avoidable_{end}": _CHILDREN for end in ("low", "central", "high")},
            **{f"share_{end}": _share(f"avoidable_{end}") for end in ("low", "central", "high")},
            **{f"chance_{end}": _share("avoidable_central") for end in ("low", "high")},
            "drives_most": _TEXT,
        }
    ),
    by=("service", "basis"),
    now_only=True,
)

DEFINITIONS: Final[tuple[Definition, ...]] = (
    *_of_service(codes.CARE, "care", "children looked after"),
    *_of_service(codes.EDUCATION, "plans", "children with EHC plans"),
    AVOIDABLE_RANGE,
)
