"""What do the sections draw on? The county and the comparison, with the frames that several of them need made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import pandas as pd

from placements import codes, schemas
from placements.analysis.avoidable import classify
from placements.analysis.indicators import Indicator
from placements.analysis.occupancy import use_by_day
from placements.analysis.snapshot import looked_after, plans_in_force
from placements.analysis.trend import care_trend
from placements.county import County
from placements.disclosure.control.tables import Group, group
from placements.disclosure.headline import headline_texts
from placements.disclosure.publication import counted_of, county_figures, known_of
from placements.disclosure.shown import ShownFigures
from placements.disclosure.suppress import INTERNAL
from placements.geography.authorities import authority_names
from placements.reports.content import DRAFT_MARK, INTERNAL_MARK, TracedFigure
from placements.reports.future import Future
from placements.reports.words import Share, long_date

#: What a child placed by each service is called in a sentence.
SERVICE_NOUN: Final[Mapping[str, str]] = MappingProxyType(
    {codes.CARE: "children looked after", codes.EDUCATION: "children and young people with EHC plans"}
)
#: Headline figures that are not of children looked after alone.
_SERVICES_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("ehc_plans", "plans_out_of_county", "plans_independent_special", "education_avoidable"),
            (codes.EDUCATION,),
        ),
        "care_and_plan": codes.SERVICES,
    }
)
CORRECTION_MARK: Final = "Corrects figures published before"
SYNTHETIC_MARK: Final = "Synthetic data: no real children"
#: By dimension of a release, the value that members have, or the values of which they have one.
Where: TypeAlias = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Context:
    """All that a section may use.

    Attributes
    ----------
    county : County
        Person-level rows: sections show them only through `placements.disclosure`.
    future : Future
        What was forecast, compared and planned, as far as there is any.
    profile : str
        Disclosure profile.
    targets : DataFrame, optional
        The targets ledger: `indicator`, `baseline`, `target`, `due_date`, `owner`, `action` and
        `status`, as far as present.
    provenance : mapping
        What the caller knows of sources, settings, seeds and versions.
    released : ShownFigures, optional
        The release of the county under the profile, where it has been worked out already.
    asked : tuple of str
        The services that the document is about.
    """

    county: County
    future: Future
    profile: str
    targets: pd.DataFrame | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    released: ShownFigures | None = field(default=None, repr=False, compare=False)
    asked: tuple[str, ...] = codes.SERVICES
    _made: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def day(self) -> dt.date:
        """Return the day that "now" means."""
        return self.county.snapshot

    @property
    def day_text(self) -> str:
        """Return that day in words."""
        return long_date(self.day)

    @property
    def authority(self) -> str:
        """Return the name of the authority."""
        return self.county.settings.study.name or self.county.authority.name

    @property
    def is_internal(self) -> bool:
        """Return whether figures are shown as they are."""
        return self.profile == INTERNAL

    @property
    def marks(self) -> tuple[str, ...]:
        """Return what must stand on every page."""
        return (DRAFT_MARK, *self.lasting_marks) if self.county.settings.reports.draft else self.lasting_marks

    @property
    def lasting_marks(self) -> tuple[str, ...]:
        """Return the marks that a document keeps when it is no draft any more: pictures carry them too."""
        marks = [CORRECTION_MARK] if self.county.settings.disclosure.correction else []
        marks += [SYNTHETIC_MARK] if self.county.synthetic else []
        marks += [INTERNAL_MARK] if self.is_internal else []
        return tuple(marks)

    @cached_property
    def care(self) -> pd.DataFrame:
        """Return one row per child looked after."""
        stock = looked_after(self.county.placements, self.day)
        return stock if codes.CARE in self.asked else stock.iloc[:0]

    @cached_property
    def plans(self) -> pd.DataFrame:
        """Return one row per EHC plan in force."""
        stock = plans_in_force(self.county.placements, self.day)
        return stock if codes.EDUCATION in self.asked else stock.iloc[:0]

    def stock(self, service: str) -> pd.DataFrame:
        """Return the stock of one service."""
        return self.care if service == codes.CARE else self.plans

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Return the services that there are data for, care first."""
        return tuple(service for service in codes.SERVICES if len(self.stock(service)))

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Return every child placed outside the authority, with `judgement`, `reason` and `basis`."""
        both = pd.concat([self.care, self.plans])
        use = use_by_day(self.county.placements, self.county.provision, self.day)
        judged = classify(both, self.county.provision, self.county.settings.thresholds, use)
        both = both.assign(**{str(name): column for name, column in judged.items()})
        return both[both["location"].eq(codes.OUT_OF_COUNTY)]

    def sufficiency(self, *by: str) -> pd.DataFrame:
        """Return need, local places and the gap by a breakdown; worked out once."""
        if by not in self._made:
            self._made[by] = self.county.sufficiency(by)
        return self._made[by]

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Return the year ends of care."""
        return care_trend(self.county.placements, self.day)

    @cached_property
    def headline(self) -> Mapping[str, Indicator]:
        """Return the headline figures by name."""
        return {
            indicator.name: indicator
            for indicator in self.county.headline()
            if any(service in self.asked for service in _SERVICES_OF.get(indicator.name, (codes.CARE,)))
        }

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """Return the names of the planning areas."""
        return {
            **self.county.area_names,
            schemas.AREA_UNKNOWN: "Not known",
            schemas.AREA_OUTSIDE: "Home outside the authority",
        }

    @cached_property
    def host_names(self) -> Mapping[str, str]:
        """Return the names of authorities and of places outside England."""
        return {**authority_names(), codes.UNKNOWN: "Authority not known"}

    def host_name(self, code: str) -> str:
        """Return the name of an authority that hosts children; a code that is not in the reference has none."""
        return self.host_names.get(code, "An authority whose code is not in the reference list")

    @cached_property
    def figures(self) -> ShownFigures:
        """Return every count of children as it may be shown: one release for all sections."""
        return county_figures(self.county, self.profile, released=self.released)

    def count(self, population: str, where: Where | None = None) -> str:
        """Return how many of a population meet some conditions, as it may be shown."""
        return self.figures.count(group(population, where))

    def share(self, population: str, part: Where, whole: Where | None = None) -> Share:
        """Return the share of those who meet some conditions, as it may be shown with what it is made of."""
        return self.share_in(group(population, part), group(population, whole))

    def share_in(self, one: Group, of: Group) -> Share:
        """Return the share of one group in another, as it may be shown with what it is made of."""
        return Share(self.figures.count(one), self.figures.count(of), self.figures.share(one, of))

    def share_of_known(self, population: str, dimension: str, where: Where | None = None) -> Share:
        """Return the share outside, over 20 miles away or distant, of those for whom that is known."""
        return self.share(population, counted_of(dimension, where), known_of(dimension, where))

    def headline_share(self, name: str) -> Share:
        """Return a headline figure that is a share."""
        texts = headline_texts(self.figures, name)
        return Share(texts.numerator, texts.denominator, texts.value)

    def traced(self, indicator: Indicator) -> TracedFigure:
        """Return a headline figure as it may be shown, for the register."""
        texts = headline_texts(self.figures, indicator.name)
        parts = (texts.value, texts.numerator, texts.denominator, texts.excluded)
        return TracedFigure(indicator.name, indicator.label, *parts, indicator.definition)
