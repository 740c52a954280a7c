"""The reason for a site is told in words that may be shown: no small expected number, nor whose it is."""

import pandas as pd
import pytest

from placements.maps import why
from tests.maps_support import GUILDFORD, map_county

EXPLAINED = pd.DataFrame(
    [
        ("Big home", 24.6, 5.4, "disabled", GUILDFORD),
        ("Small home", 4.2, 1.8, "disabled", GUILDFORD),
        ("Empty home", 0.0, 9.0, "", ""),
    ],
    columns=["name", "child_years", "idle", "main_need", "main_area"],
)


@pytest.fixture
def reasons(monkeypatch):
    monkeypatch.setattr(why, "explain", lambda county, plan: EXPLAINED)
    return lambda profile: why.reasons(map_county(), None, profile)


def test_shared_reasons_are_rounded_and_small_ones_withheld(reasons):
    assert reasons("shareable") == {
        "Big home": "Expected to keep about 25 child-years local over the plan, most of them for disabled children and "
        "from Guildford; 82% of its usable places are used.",
        "Small home": "Expected to keep fewer than 6 child-years local over the plan; 70% of its usable places are "
        "used.",
        "Empty home": "Not used by children who start after today.",
    }


def test_internal_reasons_are_exact(reasons):
    assert "4.2 child-years" in reasons("internal")["Small home"]
    assert "disabled children and from Guildford" in reasons("internal")["Small home"]
