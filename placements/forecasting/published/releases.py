"""Which of DfE's yearly data sets can be forecast, and how is each read? EHC plans, and children looked after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

TOTAL: Final = "total"
#: DfE's single columns of each family of settings. Each is in one family, and together they are all plans.
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "mainstream": (
            "mainstream_la_maintained",
            "mainstream_academy",
            "mainstream_free_school",
            "mainstream_independent",
        ),
        "sen_unit_or_resourced": tuple(
            f"mainstream_{kind}_{base}"
            for kind in ("la_maintained", "academy", "free_school")
            for base in ("resourced_provision", "senunit")
        ),
        "state_special": ("special_la_maintained", "special_academy_free"),
        "independent_special": ("special_independent", "special_non_maintained"),
        "alternative_provision": ("ap_pru_academy", "ap_pru_free_school", "ap_pru_la_maintained"),
        "post_16": ("general_fe_tertiary_colleges", "specialist_post_16_institutions", "ukrlp_provider"),
        "elsewhere": (
            "elective_home_education",
            "other_arrangements_la",
            "other_arrangements_parents",
            "online_provider",
            "w_settings",
            "other_schools",
            "other_placement_settings",
            "neet",
            "neet_ntci",
            "neet_other",
            "neet_other_csa",
            "await_prov_2022",
            "perm_ex_2022",
        ),
        "early_years": ("nm_early_years",),
        "unknown": ("placement_unknown",),
    }
)
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        TOTAL: "All EHC plans",
        "mainstream": "Mainstream school",
        "sen_unit_or_resourced": "SEN unit or resourced provision",
        "state_special": "State-funded special school",
        "independent_special": "Independent or non-maintained special school",
        "alternative_provision": "Alternative provision or pupil referral unit",
        "post_16": "Further education or specialist post-16",
        "elsewhere": "Educated elsewhere, not in education or awaiting a place",
        "early_years": "Non-maintained early years",
        "unknown": "Not known",
    }
)


@dataclass(frozen=True)
class Release:
    """A data set that holds a count of each authority, year by year.

    Attributes
    ----------
    dataset : str
        DfE's name of it.
    said : str
        The release and the data set, as people know them.
    measure, breakdown : str
        The column of the count, and the rows of everyone, without spaces and capitals.
    families : mapping of str to tuple of str
        Columns of each family; none: the total alone.
    noun : str
        What is counted.
    label : str
        What all of them are called.
    census : tuple of int
        Month and day of the count.
    code_column : str
        The column of the authority's code, for messages.
    """

    dataset: str
    said: str
    measure: str
    breakdown: str
    families: Mapping[str, tuple[str, ...]]
    noun: str
    label: str
    census: tuple[int, int]
    code_column: str = "new_la_code"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the series of the release: the total and its families."""
        return (TOTAL, *self.families)

    def of_total(self) -> Release:
        """Return the release without its families."""
        return replace(self, families=MappingProxyType({}))

    @property
    def labels(self) -> Mapping[str, str]:
        """Return what each series is called."""
        return {name: self.label if name == TOTAL else LABELS[name] for name in self.names}


PLANS: Final = Release(
    dataset="caseload",
    said="DfE, Education, health and care plans: caseload",
    measure="ehcplans",
    breakdown="allehcplans",
    families=FAMILIES,
    noun="plans",
    label=LABELS[TOTAL],
    census=(1, 31),
)
CARE: Final = Release(
    dataset="cla_number_and_rate_per_10k_children",
    said="DfE, Children looked after in England including adoptions: cla_number_and_rate_per_10k_children",
    measure="number",
    breakdown="childrenlookedafterat31marcheachyear",
    families=MappingProxyType({}),
    noun="children",
    label="Children looked after on 31 March",
    census=(3, 31),
)
