"""Who the children are: counts by one characteristic or two, host authorities, and the past."""

import datetime as dt

from placements import codes
from placements.analysis.profile import NOT_RECORDED, cross, hosts, past_stock, profile
from placements.analysis.snapshot import looked_after
from tests.support import SNAPSHOT, tiny_county

SMALL = """
n | service | provision       | home      | to        | need | birth      | start      | end        | legal
3 | care    | in_house_foster | Guildford | Guildford | N1   | 2016-05-01 | 2023-10-02 | -          | C2
2 | care    | childrens_home  | Woking    | out       | N1   | 2010-05-01 | 2024-12-01 | -          | V2
1 | care    | childrens_home  | Woking    | near      | N2   | 2010-05-01 | 2024-06-01 | -          | -
4 | care    | in_house_foster | Woking    | Woking    | N5   | 2012-05-01 | 2022-01-01 | 2024-11-01 | C2
"""


def test_profile_counts_every_child_once():
    """Missing values are counted, wanted values stand first and the sum is the number of children."""
    care = looked_after(tiny_county(SMALL).placements, SNAPSHOT)
    counts = profile(care, "legal_status", ["C1", "C2"])
    assert counts.to_dict() == {"C1": 0, "C2": 3, "V2": 2, NOT_RECORDED: 1}
    assert counts.sum() == len(care)


def test_cross_has_every_cell():
    """Rows and columns of the two orders are there whether they occur or not."""
    care = looked_after(tiny_county(SMALL).placements, SNAPSHOT)
    table = cross(care, "need", "provision", ["N1", "N2", "N3"], ["childrens_home", "secure"])
    assert list(table.index) == ["N1", "N2", "N3"]
    assert list(table.columns) == ["childrens_home", "secure", "in_house_foster"]
    assert table.loc["N1"].tolist() == [2, 0, 3]
    assert table.loc["N3"].sum() == 0
    assert cross(care.iloc[:0], "need", "provision", ["N1"], ["secure"]).to_numpy().tolist() == [[0]]


def test_hosts_are_of_children_outside_only():
    """Children inside the authority are not hosted; the most frequent host stands first."""
    table = hosts(looked_after(tiny_county(SMALL).placements, SNAPSHOT))
    assert table["count"].tolist() == [2, 1]
    assert table["adjoining"].tolist() == [False, True]


def test_past_stock_counts_each_day_as_it_was():
    """Six months before, two had not started and four had not ended."""
    placements = tiny_county(SMALL).placements
    kinds = ["in_house_foster", "childrens_home"]
    past = past_stock(placements, dt.date(2025, 3, 31), service=codes.CARE, kinds=kinds, months=6, step=3)
    assert past.tolist() == [8, 6, 6]
    assert past_stock(placements, SNAPSHOT, service=codes.EDUCATION, kinds=kinds, months=0).tolist() == [0]
