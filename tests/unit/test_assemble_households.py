"""Whose household an in-house foster placement is in: the one at its postcode, and of no postcode none."""

import pandas as pd

from placements.assemble import _with_household


def test_a_placement_without_a_postcode_is_in_no_household():
    """Nor is one at another postcode; the one at a household's is, however the postcode is written; agencies' are none."""
    provision = pd.DataFrame(
        {
            "provider_id": ["household:H0", "household:H1", "household:H2", "SC9"],
            "provision": ["in_house_foster"] * 4,
            "postcode": ["", "GU1 1AA", None, "GU3 3CC"],
        }
    )
    postcodes = ["", None, "gu11aa", "GU2 2BB", "GU3 3CC", "GU1 1AA", ""]
    placements = pd.DataFrame(
        {
            "provision": ["in_house_foster"] * 5 + ["agency_foster", "childrens_home"],
            "placement_postcode": pd.Series(postcodes, dtype="str"),
            "provider_id": ["SC9"] * 7,
        }
    )
    found = _with_household(placements, provision)["provider_id"]
    assert found.fillna("").tolist() == ["", "", "household:H1", "", "", "", "SC9"]
