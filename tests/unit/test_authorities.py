"""Authorities and districts: names, codes, slips of the pen, custom sets."""

from __future__ import annotations

import pandas as pd
import pytest

from placements.errors import UsageError
from placements.geography.adjoining import adjoining_codes
from placements.geography.authorities import (
    all_authorities,
    authority_names,
    authority_of,
    district_names,
    find_authority,
)
from placements.geography.reference import reference_table


def test_there_are_153_and_they_share_out_all_districts() -> None:
    """Every district of England is in exactly one upper-tier authority."""
    everything = all_authorities()
    districts = [code for authority in everything for code in authority.districts]
    assert len(everything) == 153
    assert sorted(districts) == sorted(district_names())
    assert len(set(districts)) == len(districts) == 296


@pytest.mark.parametrize("authority", all_authorities(), ids=lambda authority: authority.code)
def test_each_is_found_by_its_name_and_its_code(authority: object) -> None:
    """A name or code, in any case, leads to the authority and nothing else."""
    assert find_authority(authority.name) == authority
    assert find_authority(authority.code.lower()) == authority
    assert find_authority(f"  {authority.name.upper()} ") == authority


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("surrey county council", "Surrey"),
        ("Royal Borough of Greenwich", "Greenwich"),
        ("Bristol", "Bristol, City of"),
        ("Hull", "Kingston upon Hull, City of"),
        ("Newcastle", "Newcastle upon Tyne"),
        ("Durham", "County Durham"),
        ("City of York", "York"),
        ("Westmorland & Furness Council", "Westmorland and Furness"),
        ("Bournemouth", "Bournemouth, Christchurch and Poole"),
        ("City of London", "City of London"),
        ("Derby", "Derby"),
    ],
)
def test_the_names_people_use_are_understood(text: str, name: str) -> None:
    """Words such as council and county, and short forms that fit only one, do not matter."""
    assert find_authority(text).name == name


@pytest.mark.parametrize(("text", "near"), [("Surey", "Surrey"), ("Hampshir", "Hampshire"), ("Sussex", "East Sussex")])
def test_a_slip_gets_a_suggestion(text: str, near: str) -> None:
    """What fits nothing, or more than one, is refused with the nearest names."""
    with pytest.raises(UsageError, match=near) as caught:
        find_authority(text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "London", "council", "E07000209", "W06000023", "SCO", "Kingston"])
def test_what_is_not_one_authority_is_refused(text: str) -> None:
    """Nothing, a region, a district's code, places outside England and ambiguous names are no authority."""
    with pytest.raises(UsageError):
        find_authority(text)


def test_a_custom_set_is_sorted_named_and_without_repeats() -> None:
    """Districts may be named or coded; the set is the same whichever way it is given."""
    one = find_authority("", ("Woking", "E07000209", "woking"), "West")
    two = find_authority("Surrey", ("Guildford", "Woking"), "West")
    assert one == two
    assert one.code == "custom"
    assert one.district_names == {"E07000209": "Guildford", "E07000217": "Woking"}
    with pytest.raises(UsageError, match="Woking"):
        find_authority("", ("Wokking",))


def test_upper_tier_of_districts() -> None:
    """Counties for their districts, themselves for unitaries, PL_LA's codes outside England, missing for unknown."""
    asked = pd.Series(["E07000209", "E06000047", "S12000036", "W06000015", "N09000003", "L99999999", "M99999999"])
    found = authority_of(pd.concat([asked, pd.Series([None, "E99999999"])], ignore_index=True))
    assert found.tolist()[:7] == ["E10000030", "E06000047", "SCO", "WAL", "NIR", "CON", "CON"]
    assert found.isna().tolist() == [False] * 7 + [True, True]
    assert authority_of(pd.Series([], dtype="str")).empty
    assert authority_of(pd.Series([None, None])).isna().all()


def test_the_neighbours_of_surrey() -> None:
    """Known from any map: fourteen authorities, and not Reading, Wokingham or Brighton."""
    names = {authority_names()[code] for code in adjoining_codes(find_authority("Surrey"))}
    assert names == {
        *("Bracknell Forest", "Windsor and Maidenhead", "Slough", "Hillingdon", "Hounslow", "Richmond upon Thames"),
        *("Kingston upon Thames", "Sutton", "Croydon", "Bromley", "Kent", "East Sussex", "West Sussex", "Hampshire"),
    }


def test_a_reference_table_is_a_fresh_copy() -> None:
    """Changing what one caller got does not change what the next one gets."""
    table = reference_table("districts.csv")
    table["district_name"] = "spoilt"
    assert "spoilt" not in set(reference_table("districts.csv")["district_name"])
