"""Which children are in a SEN unit or resourced provision: those flagged at a school that has one."""

import pytest

from placements.assemble import _education
from tests.rules_support import evidence

SCHOOLS = [
    "provider urn=100001 service=education provision=mainstream sector=own",
    "provider urn=100002 service=education provision=mainstream sector=own",
    "provider urn=100002:base service=education provision=specialist_base sector=own",
    "provider urn=100003 service=education provision=state_special sector=own",
]


@pytest.mark.parametrize("flag", ["sen_unit", "resourced_provision"])
@pytest.mark.parametrize(
    ("setting", "place", "family"),
    [
        ("urn=100001", "100001", "mainstream"),  # no base
        ("urn=100002", "100002:base", "specialist_base"),
        ("urn=100003", "100003", "state_special"),
        ("urn=999999", "999999", "education_unknown"),  # in no register
        ("urn=- setting=OTH", "", "other_education"),
        ("urn=-", "", "education_unknown"),
    ],
)
def test_a_flag_moves_a_child_into_a_base_that_there_is_and_changes_nothing_else(flag, setting, place, family):
    """Without a base on the register the child is where they would be without the flag."""
    flagged, plain = (
        _education(evidence(["plan", *SCHOOLS, f"setting {setting} {flag}={said}"]).tables).iloc[0]
        for said in ("yes", "no")
    )
    assert (flagged["provider_id"], flagged["provision"]) == (place, family)
    if family != "specialist_base":
        assert flagged.equals(plain)
    assert not plain["provider_id"].endswith(":base")
