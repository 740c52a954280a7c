"""The vocabulary: statutory codes, and the families they belong to.

Sources: DfE *Children looked-after by local authorities in England: guide to the SSDA903 collection*; DfE *Special
educational needs survey (SEN2) guide*; GIAS establishment types. Every mapping is total over the codes it names;
what is not named maps to a stated `unknown` or `other`, never to a missing row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _frozen(pairs: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType(pairs)


# --- the two services --------------------------------------------------------------------------------------------
CARE: Final = "care"
EDUCATION: Final = "education"
SERVICES: Final = (CARE, EDUCATION)

# --- provision families ------------------------------------------------------------------------------------------
CARE_PROVISION: Final = _frozen(
    {
        "connected_carers": "Connected carers (relative or friend)",
        "in_house_foster": "In-house foster carers",
        "agency_foster": "Independent fostering agency carers",
        "childrens_home": "Children's home",
        "supported_accommodation": "Supported accommodation",
        "secure": "Secure home or young offender institution",
        "residential_school": "Residential school",
        "with_parents": "With parents",
        "adoption": "Placed for adoption",
        "other_care": "Other placement",
    }
)
EDUCATION_PROVISION: Final = _frozen(
    {
        "mainstream": "Mainstream school",
        "specialist_base": "SEN unit or resourced provision",
        "state_special": "State-funded special school",
        "independent_special": "Independent or non-maintained special school",
        "post_16": "Further education or specialist post-16",
        "alternative_provision": "Alternative provision or pupil referral unit",
        "other_education": "Other or elsewhere",
        "education_unknown": "Setting not known",
    }
)
PROVISION: Final = _frozen({**CARE_PROVISION, **EDUCATION_PROVISION})

#: SSDA903 PLACE -> provision family. U4-U6 split by provider: see `care_provision`.
PLACE: Final = _frozen(
    {
        "A3": "adoption",
        "A4": "adoption",
        "A5": "adoption",
        "A6": "adoption",
        "K1": "secure",
        "K2": "childrens_home",
        "K3": "supported_accommodation",
        "H5": "supported_accommodation",
        "P1": "with_parents",
        "P2": "supported_accommodation",
        "P3": "other_care",
        "R1": "other_care",
        "R2": "other_care",
        "R3": "other_care",
        "R5": "secure",
        "S1": "residential_school",
        "T0": "other_care",
        "T1": "other_care",
        "T2": "other_care",
        "T3": "other_care",
        "T4": "other_care",
        "U1": "connected_carers",
        "U2": "connected_carers",
        "U3": "connected_carers",
        "U4": "foster",
        "U5": "foster",
        "U6": "foster",
        "Z1": "other_care",
        "Z11": "other_care",
        "Z12": "other_care",
        "Z13": "other_care",
        "Z14": "other_care",
    }
)

SECTOR: Final = _frozen(
    {
        "parent": "Parent",
        "own": "Own provision",
        "other_authority": "Other local authority",
        "other_public": "Other public",
        "private": "Private",
        "voluntary": "Voluntary",
        "unknown": "Not known",
    }
)
PLACE_PROVIDER: Final = _frozen(
    {
        "PR0": "parent",
        "PR1": "own",
        "PR2": "other_authority",
        "PR3": "other_public",
        "PR4": "private",
        "PR5": "voluntary",
    }
)

#: How the weekly cost of a placement is known.
COST_BASIS: Final = _frozen(
    {
        "recorded": "Recorded for the placement",
        "provider": "What commissioning pays the provider for a place",
        "assumed": "Assumed for the kind of placement",
        "unknown": "Not known",
    }
)

# --- need --------------------------------------------------------------------------------------------------------
CIN: Final = _frozen(
    {
        "N1": "Abuse or neglect",
        "N2": "Child's disability",
        "N3": "Parental illness or disability",
        "N4": "Family in acute stress",
        "N5": "Family dysfunction",
        "N6": "Socially unacceptable behaviour",
        "N7": "Low income",
        "N8": "Absent parenting",
    }
)
SEN_TYPE: Final = _frozen(
    {
        "SPLD": "Specific learning difficulty",
        "MLD": "Moderate learning difficulty",
        "SLD": "Severe learning difficulty",
        "PMLD": "Profound and multiple learning difficulty",
        "SEMH": "Social, emotional and mental health",
        "SLCN": "Speech, language and communication",
        "HI": "Hearing impairment",
        "VI": "Vision impairment",
        "MSI": "Multi-sensory impairment",
        "PD": "Physical disability",
        "ASD": "Autistic spectrum disorder",
        "DS": "Down syndrome",
        "OTH": "Other difficulty or disability",
    }
)
NEED_UNKNOWN: Final = "unknown"

#: Coarser groups that a place is matched on. Category of need in care says why a child came into care, not what
#: they need now; only disability and unaccompanied status change which places suit, so only those are set apart.
NEED_GROUP_LABEL: Final = _frozen(
    {
        "disabled": "Disabled children",
        "unaccompanied": "Unaccompanied children",
        "family": "Family reasons and harm",
        "autism": "Autism",
        "semh": "Social, emotional and mental health",
        "communication": "Speech, language and communication",
        "learning": "Learning difficulties",
        "sensory_physical": "Sensory and physical",
        "unknown": "Need not known",
    }
)
NEED_GROUP: Final = _frozen(
    {
        "N1": "family",
        "N2": "disabled",
        "N3": "family",
        "N4": "family",
        "N5": "family",
        "N6": "family",
        "N7": "family",
        "N8": "family",
        "SPLD": "learning",
        "MLD": "learning",
        "SLD": "learning",
        "PMLD": "learning",
        "DS": "learning",
        "SEMH": "semh",
        "SLCN": "communication",
        "HI": "sensory_physical",
        "VI": "sensory_physical",
        "MSI": "sensory_physical",
        "PD": "sensory_physical",
        "ASD": "autism",
        "OTH": "unknown",
        "unknown": "unknown",
    }
)
CARE_NEED_GROUPS: Final = ("disabled", "unaccompanied", "family", "unknown")
EDUCATION_NEED_GROUPS: Final = (
    "autism",
    "semh",
    "communication",
    "learning",
    "sensory_physical",
    "unknown",
)

# --- age ---------------------------------------------------------------------------------------------------------
#: Lower bound in completed years of each band; the bands DfE publishes for children looked after.
CARE_AGE_BANDS: Final = (
    ("Under 1", 0),
    ("1 to 4", 1),
    ("5 to 9", 5),
    ("10 to 15", 10),
    ("16 and over", 16),
)
#: School phases: early years, primary, secondary, sixth form, and post-18 to the end of the 0-25 system.
EDUCATION_AGE_BANDS: Final = (
    ("Under 5", 0),
    ("5 to 10", 5),
    ("11 to 15", 11),
    ("16 to 18", 16),
    ("19 to 25", 19),
)
AGE_BANDS: Final = MappingProxyType({CARE: CARE_AGE_BANDS, EDUCATION: EDUCATION_AGE_BANDS})
AGE_UNKNOWN: Final = "Age not known"
#: Care ends at the eighteenth birthday; an EHC plan can run to the twenty-fifth.
LEAVES_AT_YEARS: Final = MappingProxyType({CARE: 18, EDUCATION: 25})

# --- location ----------------------------------------------------------------------------------------------------
IN_COUNTY: Final = "in_county"
OUT_OF_COUNTY: Final = "out_of_county"
UNKNOWN: Final = "unknown"
LOCATION: Final = _frozen(
    {
        IN_COUNTY: "Inside the authority",
        OUT_OF_COUNTY: "Outside the authority",
        UNKNOWN: "Not known",
    }
)

# --- legal status ------------------------------------------------------------------------------------------------
LEGAL_STATUS: Final = _frozen(
    {
        "C1": "Interim care order",
        "C2": "Full care order",
        "D1": "Freeing order",
        "E1": "Placement order",
        "V2": "Accommodated (section 20)",
        "V3": "Agreed series of short breaks",
        "V4": "Single short break",
        "J1": "Youth justice: remand or PACE",
        "J2": "Youth justice: remand to youth detention",
        "J3": "Youth justice: supervision order with residence",
        "L1": "Police protection",
        "L2": "Emergency protection order",
        "L3": "Child assessment order",
    }
)
SHORT_BREAKS: Final = ("V3", "V4")

SEX: Final = _frozen({"1": "M", "2": "F", "M": "M", "F": "F", "U": "U", "MALE": "M", "FEMALE": "F"})

#: Recorded reason for placing at distance (Placements North West census vocabulary), and whether it makes an
#: out-of-county placement avoidable by local capacity.
REASON_AT_DISTANCE: Final = MappingProxyType(
    {
        "preference": ("Child or parent preference", False),
        "safeguarding": ("Safeguarding requirement", False),
        "not_available": ("Provision within distance exists but is not available", True),
        "does_not_exist": ("Provision within distance does not exist", True),
        "carer_moved": ("Carer moved", False),
        "legal": ("Legal reasons", False),
        "not_applicable": ("Not applicable", False),
    }
)

#: How a reason is written in the census, over the years, to its key. The words are matched from their start, without
#: case, spaces or punctuation. A place that was there but refused the child, or could not be had in time, was not
#: available; a requirement that the local market did not meet (specialist, or with deprivation of liberty) did not
#: exist there. "Requirement to place at distance" covers exploitation and choice alike; both are appropriate, and it is
#: taken for safeguarding. What is not here ("Other", "Unknown") is no reason that decides anything.
CENSUS_REASON: Final = _frozen(
    {
        "CYP/Parental preference": "preference",
        "Child or parent preference": "preference",
        "Safeguarding": "safeguarding",
        "Provision within distance exists but is not available": "not_available",
        "Provision within distance does not exist": "does_not_exist",
        "Carer moving": "carer_moved",
        "Carer moved": "carer_moved",
        "Legal": "legal",
        "Not applicable": "not_applicable",
        "Placement available locally but provider refused": "not_available",
        "Requirement to place quickly": "not_available",
        "Requirement for DOLS": "does_not_exist",
        "Requirement for specialist SEND provision": "does_not_exist",
        "Requirement for other specialist provision": "does_not_exist",
        "No placement available locally": "does_not_exist",
        "Requirement to place at distance": "safeguarding",
    }
)
#: How a type of provision begins in the census to its family; the longest beginning that fits decides. The census is
#: of bought placements, so fostering is an agency's or another authority's, and supported living is supported
#: accommodation. What is not here is some other placement.
CENSUS_PROVISION: Final = _frozen(
    {
        "Fostering": "agency_foster",
        "IFA": "agency_foster",
        "Residential": "childrens_home",
        "Residential - Parent and Child": "other_care",
        "Residential - Residential School": "residential_school",
        "Residential - 38 week": "residential_school",
        "Residential - 52 week": "residential_school",
        "Residential - Secure": "secure",
        "Secure": "secure",
        "Remand": "secure",
        "Youth Offending Institution": "secure",
        "Youth Offender Institution": "secure",
        "Other - Youth Offending Institution": "secure",
        "SaILs": "supported_accommodation",
        "Supported Accommodation": "supported_accommodation",
        "Supported Lodgings": "supported_accommodation",
    }
)


def census_reason(text: str) -> str:
    """Return the key of a reason for placing at distance as the census words it; empty when it is none that is known.

    A number or letter before the words ("3. Legal reasons") is passed over.
    """
    words = re.sub(r"^\s*(\d+|[A-Za-z])\s*[.):]\s*", "", text)
    return "not_applicable" if _letters(words) == "na" else _by_start(words, CENSUS_REASON, "")


def census_provision(text: str) -> str:
    """Return the provision family of a type of provision as the census words it; `other_care` when it is not known."""
    return _by_start(text, CENSUS_PROVISION, "other_care")


def _by_start(text: str, table: Mapping[str, str], otherwise: str) -> str:
    letters = _letters(text)
    fits = [(len(_letters(start)), value) for start, value in table.items() if letters.startswith(_letters(start))]
    return max(fits)[1] if fits else otherwise


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def care_provision(place_code: str, sector: str) -> str:
    """Return the provision family of a PLACE code, splitting unrelated fostering by who provides it.

    In-house means the responsible authority's own carers (PR1); every other provider of unrelated foster care is
    counted as agency, as DfE does ("own provision" against all others).
    """
    family = PLACE.get(place_code, "other_care")
    if family == "foster":
        return "in_house_foster" if sector == "own" else "agency_foster"
    return family
