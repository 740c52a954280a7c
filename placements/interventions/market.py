"""What others may do: a provider closes, other authorities take more or fewer places, prices rise or fall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from placements import codes
from placements.interventions.measure import Measure, Ranges, wrong_provisions

#: Where a price changes: as in the table of unit costs.
ANYWHERE: Final = "any"
PRICED: Final = (ANYWHERE, codes.IN_COUNTY, codes.OUT_OF_COUNTY)


@dataclass(frozen=True, kw_only=True)
class CloseProvider(Measure):
    """Places in the county are lost, with the providers that have them.

    Our share of their spare places is gone. So are the places that our children hold there: as many child-years a year
    need a place elsewhere, whether those children were settled (they must be placed anew, and that is a new placement)
    or would have come later. They are spread over the demand groups that want such a place and that it takes, as those
    are placed in the county; what their places cost is saved. A provider that closes bit by bit has a ramp-up.

    Attributes
    ----------
    provider_ids : tuple of str
        Providers by their id (URN).
    provision : str
        Or every provider of a kind of place, one of `codes.PROVISION`;
    areas : tuple of str
        in some planning areas, by code or name; in all of them when empty.
    """

    kind: ClassVar[str] = "close_provider"

    provider_ids: tuple[str, ...] = ()
    provision: str = ""
    areas: tuple[str, ...] = ()

    @property
    def provisions(self) -> tuple[str, ...]:
        """Return the kind of place, as a list."""
        return (self.provision,) if self.provision else ()

    def _problems(self) -> list[str]:
        found = wrong_provisions(self.provisions)
        if bool(self.provider_ids) == bool(self.provision):
            found.append("which providers? give either provider_ids or a provision (with areas if only there)")
        if self.provider_ids and self.areas:
            found.append("areas go with a provision, not with provider_ids")
        return found


@dataclass(frozen=True, kw_only=True)
class ChangeUseByOthers(Measure):
    """Other authorities take more or fewer of the places in the county.

    Places that they give up are spare, and ours as other spare places of that provider are (`share_for_us`); places
    that they take more are taken from the spare ones, never from a child. Give either a share or a number.

    Attributes
    ----------
    share : float
        Of the places that others hold: 0.2 for a fifth more, -0.5 for half as many.
    places : float
        Or how many more (fewer if below 0), spread over the providers as others hold places there.
    provider_ids, provisions, areas : tuple of str
        Which providers; empty for all.
    """

    kind: ClassVar[str] = "change_use_by_others"

    share: float = 0.0
    places: float = 0.0
    provider_ids: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    def _ranges(self) -> Ranges:
        return (*super()._ranges(), ("share", self.share, -1, 10), ("places", self.places, -1e4, 1e4))

    def _problems(self) -> list[str]:
        both = ["give either share or places, not both"] if self.share and self.places else []
        return both + wrong_provisions(self.provisions)


@dataclass(frozen=True, kw_only=True)
class ChangePrice(Measure):
    """Weekly prices go up or down from some year.

    It changes what is paid for children away and in the places there are, not what interventions say they cost. Of the
    children settled on the snapshot day nothing is costed, so nothing changes either.

    Attributes
    ----------
    share : float
        0.1 for a tenth dearer, -0.05 for a twentieth cheaper.
    location : str
        `out_of_county`, `in_county` or `any` (the default).
    provisions, sectors : tuple of str
        Which places; empty for all. Where places of several sectors are one price, the part of it changes that those
        sectors charge today.
    areas : tuple of str
        Where the child is from when away, where the place is in the county; empty for all.
    """

    kind: ClassVar[str] = "change_price"

    share: float
    location: str = ANYWHERE
    provisions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    def _ranges(self) -> Ranges:
        return (("share", self.share, -1, 10), *super()._ranges())

    def _problems(self) -> list[str]:
        found = wrong_provisions(self.provisions)
        if self.location not in PRICED:
            found.append(f"location = {self.location!r}: choose from {', '.join(PRICED)}")
        found += [
            f"sector {sector!r}: there are {', '.join(codes.SECTOR)}"
            for sector in self.sectors
            if sector not in codes.SECTOR
        ]
        return found
