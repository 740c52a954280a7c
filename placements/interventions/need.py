"""What lowers or changes need: fewer placements start, some end sooner, some go on in a family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from placements import codes, schemas
from placements.interventions.measure import Measure, Ranges, wrong_groups, wrong_provisions

#: What a placement in a home may step down to.
FAMILIES: Final = ("in_house_foster", "agency_foster")


@dataclass(frozen=True, kw_only=True)
class ReduceEntries(Measure):
    """Edge-of-care or early-help work that lowers how many placements of some groups start.

    Its lead time runs until starts are fewer.

    Attributes
    ----------
    share : float
        Part of the starts prevented, 0 to 1.
    service : str
        `care` or `education`.
    areas, need_groups, age_bands, provisions : tuple of str
        Which starts; empty for all.
    option_id, site_id : str
        Row of the options it comes from, if any; at most one intervention per site.
    """

    kind: ClassVar[str] = schemas.PREVENTION

    share: float
    service: str = codes.CARE
    areas: tuple[str, ...] = ()
    need_groups: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()
    option_id: str = ""
    site_id: str = ""

    def _ranges(self) -> Ranges:
        return (("share", self.share, 0, 1), *super()._ranges())

    def _problems(self) -> list[str]:
        return wrong_groups(self.service, self.age_bands, self.need_groups) + wrong_provisions(self.provisions)


@dataclass(frozen=True, kw_only=True)
class Reunify(Measure):
    """Bring children home sooner: some placements of some groups end when they have lasted for a time.

    Of the children whose placement began after the snapshot and who are still there after so many months, a share goes
    home then; what would have come after is need no more, be it in the county or away. Children settled on the snapshot
    day are left out, as they are of every plan, so a programme for them is worth more than is shown here.

    Attributes
    ----------
    share : float
        Part of the children still placed after that time, 0 to 1.
    after_months : float
        How long the placement has lasted by then.
    areas, need_groups, age_bands, provisions : tuple of str
        Which placements of care; empty for all.
    """

    kind: ClassVar[str] = "reunify"
    service: ClassVar[str] = codes.CARE

    share: float
    after_months: float = 6.0
    areas: tuple[str, ...] = ()
    need_groups: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()

    def _ranges(self) -> Ranges:
        return (("share", self.share, 0, 1), ("after_months", self.after_months, 0, 120), *super()._ranges())

    def _problems(self) -> list[str]:
        return wrong_groups(self.service, self.age_bands, self.need_groups) + wrong_provisions(self.provisions)


@dataclass(frozen=True, kw_only=True)
class StepDown(Measure):
    """Step down from residential care: some placements in homes go on in a foster family when they have lasted a time.

    It moves need and takes none away. Of the need for homes that is avoidably away and comes from placements that have
    lasted so many months, a share becomes need for fostering of the same area, need and age: whether a family is found
    near home depends on the places there are, and else the child is in a family away. Children in homes in the county
    are left out: neither the place that each would free nor the family that each would need is counted.

    Attributes
    ----------
    share : float
        Part of the children still placed after that time, 0 to 1.
    after_months : float
        How long the placement in the home has lasted by then.
    to_provision : str
        `in_house_foster` or `agency_foster`: the family wanted.
    areas, need_groups, age_bands : tuple of str
        Which placements in homes; empty for all.
    """

    kind: ClassVar[str] = "step_down"
    service: ClassVar[str] = codes.CARE
    provisions: ClassVar[tuple[str, ...]] = ("childrens_home",)

    share: float
    after_months: float = 12.0
    to_provision: str = FAMILIES[0]
    areas: tuple[str, ...] = ()
    need_groups: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()

    def _ranges(self) -> Ranges:
        return (("share", self.share, 0, 1), ("after_months", self.after_months, 0, 120), *super()._ranges())

    def _problems(self) -> list[str]:
        found = wrong_groups(self.service, self.age_bands, self.need_groups)
        if self.to_provision not in FAMILIES:
            found.append(f"to_provision = {self.to_provision!r}: choose from {', '.join(FAMILIES)}")
        return found
