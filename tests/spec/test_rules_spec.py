"""The cross-table rules as a table: for each rule a case that breaks it and one that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements.errors import UsageError
from placements.validate import RULES, SEVERITIES, check_rules, rows_of, rules_page
from tests.rules_support import TABLE, evidence

# Lines with - are the case that fails, lines with + the one that passes, lines with neither belong to both; * marks the
# rows that the rule must point at. What a line does not say is as usual: see tests/rules_support.py.
SPEC = """
E01
-*episode start=2010-04-30
+ episode start=2010-05-01
E02
- child child=2
-*episode
+ child
+ episode
E03
-*episode end=2021-02-02 rec=X1
+ episode end=2021-02-01 rec=X1
  episode start=2021-02-01 rne=P
E04
- child birth=2007-03-30
-*episode
+ child birth=2007-03-31
E10
-*episode start=2025-04-01
+ episode start=2025-03-31
E11
-*episode year=2024
+ episode year=2024 end=2023-05-01
  episode child=2
E12
-*episode start=2024-04-01 year=2024
-*episode start=2024-09-01 year=2024 child=2
+ episode start=2024-03-31 year=2024
+ episode start=2024-09-01 year=2025 child=2
D01
-*episode end=2020-01-09
+ episode end=2020-01-11
D02
-*episode end=2020-01-10
+ episode end=2020-01-10 ls=V4
D03
-*episode end=2021-02-01 place=U4
-*episode end=2021-02-01 place=U6
+ episode end=2021-02-01 place=U4
+ episode start=2021-02-01 place=U6
D04
-*episode end=2021-02-01 rec=X1
+ episode end=2021-02-03 rec=X1
  episode start=2021-02-03
D05
-*episode end=2021-02-01 rec=X1
+ episode end=2021-02-01 rec=E4A
D06
-*episode end=2021-02-01
+ episode end=2021-02-01 rec=E8
D07
-*episode rec=E8
+ episode
D08
-*episode end=2021-02-01 rec=E8
+ episode end=2021-02-01 rec=X1
  episode start=2021-02-01
D09
-*episode start=2024-06-01 rne=P
+ episode start=2023-06-01 rne=P
D10
  episode end=2021-02-01 rec=X1
-*episode start=2021-02-01 rne=S
+ episode start=2021-02-01 rne=P
D11
  episode end=2021-02-01 rec=X1
-*episode start=2021-02-01 rne=L ls=E1 to="KT1 1AA"
+ episode start=2021-02-01 rne=L ls=E1 to=gu22bb
D12
  episode end=2021-02-01 rec=X1 ls=C1
-*episode start=2021-02-01 rne=P ls=C2
+ episode start=2021-02-01 rne=B ls=C2
D13
  episode end=2021-02-01 rec=X1
-*episode start=2021-02-01 rne=P
+ episode start=2021-02-01 rne=P urn=H2
D14
-*episode end=2021-02-01 rec=X1
+ episode end=2021-02-01 rec=X1 why=CLOSE
  episode start=2021-02-01 rne=P
D15
  episode start=2021-02-01 rne=L
-*episode end=2021-02-01 rec=X1 why=CLOSE
+ episode end=2021-02-01 rec=X1
D16
-*episode end=2021-02-01 rec=E2
+ episode end=2021-02-01 rec=E8
  episode start=2022-02-01
D17
  child birth=2006-05-01
-*episode end=2024-05-02
+ episode end=2024-05-01
E09
-*episode cin=unknown
+ episode cin=N8
F01
-*episode place=H5 year=2025
-*episode place=K3 year=2024
-*episode place=Z1 year=2026
-*episode place=Z11 year=2025
-*episode place=Q9
+ episode place=H5 year=2024
+ episode place=K3 year=2025
+ episode place=Z1 year=2025
+ episode place=Z11 year=2026
F02
-*episode end=2018-04-01 rec=E43
-*episode end=2021-02-01 rec=E99
+ episode end=2018-03-31 rec=E43
+ episode end=2021-02-01 rec=E45
F03
-*episode rne=X
-*episode rne=-
+ episode rne=U
F04
-*episode why=MOVED
+ episode why=CARPL
F05
-*episode sector=unknown
+ episode sector=unknown place=T1
F06
-*episode place=P1 sector=own
-*episode place=K2 sector=parent
+ episode place=P1 sector=parent
F07
  episode end=2021-02-01 ls=V3 rec=X1
-*episode start=2021-02-01 ls=C2
+ episode start=2021-02-08 ls=C2
F08
-*episode end=2021-02-01 rec=E12 place=U6
+ episode end=2021-02-01 rec=E12 place=A6
F09
-*episode place=A5 ls=C2
+ episode place=A5 ls=E1
F10
-*episode place=P1 ls=V2
+ episode place=P1 ls=C2
F11
  child uasc=yes
-*episode cin=N1
+ episode cin=N8
A01
  child birth=2010-05-01
-*episode start=2026-04-30 place=K3
-*episode start=2020-04-30 place=H5
+ episode start=2026-05-01 place=K3
+ episode start=2020-05-01 place=H5
A02
- child birth=2019-01-11
-*episode place=K2
+ child birth=2019-01-10
A03
-*episode start=2023-04-30 place=K1
+ episode start=2023-05-01 place=K1
A04
-*episode start=2020-04-30 ls=J2
+ episode start=2020-05-01 ls=J2
A05
-*episode start=2025-04-30 place=R5
+ episode start=2025-05-01 place=R5
A06
  child birth=2006-05-01
-*episode end=2024-04-30 rec=E17
+ episode end=2024-05-01 rec=E17
A07
  child birth=2006-05-01
-*episode end=2022-04-30 rec=E6
+ episode end=2022-05-01 rec=E6
A08
-*episode end=2020-01-14 ls=L1
-*episode end=2020-01-26 ls=L2
-*episode ls=L3
+ episode end=2020-01-13 ls=L1
+ episode end=2020-01-25 ls=L2
+ episode ls=C2
A09
-*episode end=2020-01-28 ls=V4
+ episode end=2020-01-27 ls=V4
A10
-*episode end=2020-04-10 place=T0
+ episode end=2020-04-09 place=T0
A11
  child uasc=yes birth=2002-01-10
-*episode start=2020-01-10
+ episode start=2020-01-09
E05
-*episode to=gu11aa
+ episode to=gu11aa place=P1
E06
-*episode to=-
+ episode to=- place=A6
E07
- child
-*episode home=-
+ child uasc=yes
+ episode home=-
L01
-*episode to="GU9 9ZZ"
+ episode to="KT1 1AA"
L02
-*episode home="GU9 9ZZ"
+ episode home="KT1 1AA"
L03
-*episode to=GU1
-*episode to=nonsense
+ episode to=-
L04
-*episode home=nonsense
+ episode home="ZZ99 3VZ"
L05
-*episode to="ZZ99 3VZ"
+ episode home="ZZ99 3VZ"
L06
-*episode home="CF1 1AA"
+ episode home="GU9 9ZZ"
L07
-*episode to="CF1 1AA"
+ episode to="KT1 1AA"
E08
-*episode urn=H9
+ episode urn=XXXXXXX
U01
-*episode urn=-
+ episode urn=- to="CF1 1AA"
+ episode urn=- place=P1
U02
- provider closed_on=2020-01-09
-*episode
+ provider closed_on=2020-01-10
U03
- provider opened_on=2020-01-11
-*episode
+ provider opened_on=2020-01-10
U04
  provider is_open=no
-*episode
+ episode end=2021-02-01
U05
-*episode place=K3
-*episode place=U4
+ episode place=K2
U06
-*episode sector=own
+ episode sector=private
U07
  provider age_low=10 age_high=17
-*episode start=2020-04-30
+ episode start=2020-05-01
U08
- provider sex=F
-*episode
+ provider sex=M
U09
-*episode to="GU1 1AA"
+ episode to=gu22bb
H01
-*child birth=1999-03-31
-*child child=2 birth=2025-04-01
+ child birth=1999-04-01
+ child child=2 birth=2025-03-31
H02
-*child birth=-
+ child
H03
-*child child=2
+ child child=2 in_header=no
  child
H04
-*child sex=U
+ child sex=F
H05
-*child upn=A801200001001
-*child child=2 upn=H8012
+ child upn=UN3
+ child child=2 upn=-
H06
-*child
-*child child=2
+ child upn=UN3
+ child child=2 upn=UN3
+ child child=3 upn=pending
+ child child=4 upn=pending
H07
-*oc2 birth=2010-05-11
+ oc2
H08
-*oc2 birth=2011-05-03
+ oc2 birth=2011-05-02
H09
-*oc2 child=2
+ oc2 child=1
T01
- child sex=F
-*uasc
+ child sex=U
+ uasc
T02
-*uasc duc=2010-04-30
+ uasc duc=2010-05-01
T03
-*uasc duc=2028-05-02
+ uasc duc=2028-05-01
X01
-*plan birth=2010-05-02
+ plan birth=-
+ child child=2 upn=UN1
+ plan person=p2 upn=UN1 birth=2010-05-02
X02
-*plan sex=F
+ plan sex=U
+ child child=2 upn=UN1
+ plan person=p2 upn=UN1 sex=F
X03
- plan upn=-
-*episode place=S1
+ plan
+ episode place=S1
T04
  episode end=2021-02-01
-*review review=2020-01-09
-*review review=2021-02-02
+ review review=2020-01-10
+ review review=2021-02-01
T05
-*episode start=2024-08-31
-*episode start=2024-06-01 child=2
+ episode start=2024-09-01
+ episode start=2024-09-01 child=2
  review review=2024-08-30
T06
-*missing mis_end=2024-11-30
+ missing mis_end=2024-12-01
T07
-*missing mis_start=2020-01-09
+ missing mis_start=2020-01-10
T08
-*missing mis_end=2024-12-06
+ missing mis_end=2024-12-05
  missing mis_start=2024-12-05 mis_end=2024-12-09
T09
-*missing mis_end=- year=2024
+ missing mis_end=- year=2025
  missing mis_start=2024-12-20 mis_end=2024-12-21
T10
-*missing missing=Y
+ missing missing=a
T18
-*worker sw_dec=2020-01-09
+ worker sw_dec=2020-01-11
T19
-*worker sw_dec=-
+ worker sw_dec=2021-02-01
  worker sw_decom=2021-02-01
T20
-*episode
- worker sw_dec=2025-03-31
+ worker sw_dec=2025-04-01
T21
-*dolo dolo_start=1999-12-31
+ dolo dolo_start=2000-01-01
T22
-*dolo dolo_end=2024-11-30
+ dolo dolo_end=2024-12-01
T23
-*dolo dolo_start=2020-01-09
+ dolo dolo_start=2020-01-10
T24
-*oc2 sdq_score=41
-*oc2 sdq_score=high
+ oc2 sdq_score=40
T25
-*oc2 sdq_score=-
+ oc2 sdq_score=- sdq_reason=SDQ1
T26
- episode end=2025-03-30
-*oc2
+ episode end=2025-03-31
+ oc2
T27
-*oc3 child=2 birth=2008-04-01
-*oc3 child=3 birth=2003-03-31
+ oc3 child=2 birth=2008-03-31
+ oc3 child=3 birth=2003-04-01
T28
-*prev_perm prev_perm=P1
+ prev_perm prev_perm=P1 la_perm=936
T11
-*ad1 date_match=2024-05-31
+ ad1 date_match=2024-06-01
T12
-*ad1 nb_adoptr=1 sex_adoptr=MF
-*ad1 nb_adoptr=2 sex_adoptr=M1
+ ad1 nb_adoptr=2 sex_adoptr=MF
T13
-*episode end=2024-12-01 rec=E11
- ad1 child=2
+ episode end=2024-12-01 rec=E11
+ ad1 child=1
T14
-*placed date_placed_ceased=2024-08-31
+ placed date_placed_ceased=2024-09-01
T15
- episode place=U6
-*placed
+ episode place=A6
+ placed
T16
-*episode place=A6
- placed child=2
+ episode place=A6 year=2024
+ placed child=2
T17
-*placed date_placed_ceased=2024-12-01
-*placed reason_placed_ceased=RD1
+ placed date_placed_ceased=2024-12-01 reason_placed_ceased=RD1
S01
-*plan person=p2
+ plan person=p1
S02
-*plan need=unknown
+ plan need=SEMH
S03
-*plan home=-
+ plan
S06
-*plan birth=-
+ plan
S07
-*plan end=2019-08-31
+ plan end=2019-09-01
S08
-*plan birth=1999-03-31
+ plan birth=1999-04-01
S09
-*plan start=2010-04-30
+ plan start=2010-05-01
S10
-*plan start=2025-04-01
+ plan start=2025-03-31
S11
-*plan upn=J801200001001
+ plan upn=H801200001001
S12
-*plan
-*plan person=p2
+ plan end=2024-01-01
+ plan person=p2
+ plan person=p3 upn=UN1
+ plan person=p4 upn=UN1
S13
-*plan end=2024-01-01
-*plan person=p2 end_reason=1
+ plan end=2024-01-01 end_reason=1
S14
- setting end=2025-03-31
-*plan
+ setting end=2025-04-01
S15
-*plan home="GU9 9ZZ"
-*plan person=p2 home=GU1
+ plan home="KT1 1AA"
S04
-*setting urn=S9
+ setting urn=S1
S05
-*setting urn=-
+ setting urn=- setting=EHE
S16
-*setting end=-
+ setting end=2023-09-01
  setting urn=- setting=EHE start=2023-09-01
S17
-*setting end=2021-08-31
+ setting end=2021-09-01
S18
  plan end=2024-01-01
-*setting start=2024-01-02
+ setting start=2018-09-01
S19
- provider urn=S1 service=education closed_on=2021-08-31
-*setting
+ provider urn=S1 service=education closed_on=2021-09-01
S20
- provider urn=S1 service=education is_open=no
-*setting
+ provider urn=S1 service=education is_open=yes
S21
  provider urn=S1 service=education provision=mainstream
  provider urn=S2 service=education provision=state_special
+ provider urn=S1:base service=education provision=specialist_base
-*setting sen_unit=yes
-*setting urn=S2 resourced_provision=yes
+ setting sen_unit=yes
+ setting urn=S2
  setting urn=S9 sen_unit=yes
  setting urn=- setting=OTH sen_unit=yes
S22
-*setting residential_weeks=38
+ setting residential_weeks=-
S23
- provider urn=S1 service=education age_low=4 age_high=12
-*setting
+ provider urn=S1 service=education age_low=4 age_high=13
S24
- provider urn=S1 service=education sex=F
-*setting
+ provider urn=S1 service=education sex=M
S25
-*setting setting=EHE
+ setting urn=- setting=EHE
S26
-*setting urn=- setting=XYZ
+ setting urn=- setting=OLA
S27
- plan birth=2009-04-01
-*setting urn=- setting=NEET
+ plan birth=2009-03-31
+ setting urn=- setting=NEET
S28
-*transport person=p9 upn=-
-*transport person=p9 upn=Z801200001002
+ transport person=p9
+ transport upn=-
P01
-*provider registered_places=-
+ provider registered_places=- is_open=no
P02
-*provider postcode=-
+ provider postcode=- is_open=no
P03
-*provider postcode="GU9 9ZZ"
+ provider postcode="CF1 1AA"
P04
-*provider authority_name="Kingston upon Thames"
+ provider authority_name=Nowhere
P05
-*provider registered_places=4
+ provider registered_places=5
  ours urn=H1 children=5
P06
-*provider closed_on=2025-03-30
+ provider closed_on=2025-03-31
P07
-*provider closed_on=2014-12-31
+ provider closed_on=2015-01-01
P08
-*provider age_low=18
+ provider age_low=17
P09
-*provider registered_places=0
+ provider registered_places=1
P10
-*provider
-*provider urn=H2 name="the elms" postcode=gu22bb
+ provider
+ provider urn=H2 name="The Oaks"
P11
-*provider urn=S1 service=education provision=state_special registered_places=60 on_roll=73
+ provider urn=S1 service=education provision=state_special registered_places=60 on_roll=72
P12
-*use urn=H9
+ use urn=S1
P13
-*use usable_places=5
+ use usable_places=4
P14
-*use occupied_by_others=4
+ use occupied_by_others=3
P15
-*use cost=0
-*use cost=25001
+ use cost=25000
C01
-*census child=9
+ census child=9 looked_after=no
C02
-*census cost=0
-*census cost=260000
+ census cost=25000
C03
-*census cost=-
+ census
C04
-*census social_care_gbp=3998
+ census social_care_gbp=3999.5
C05
-*census host="Kingston upon Thames"
+ census host="Kingston upon Thames" reason=safeguarding
C06
-*census host="Kingston upon Thames" reason=not_applicable
+ census host=Surrey reason=not_applicable
C07
-*census host="Kingston upon Thames"
+ census host=Nowhere
C08
  census
-*census
-*census placing="Surrey County Council" cost=5200
+ census start=2021-02-01
+ census provision=other_care
+ census placing=Kent
+ census urn=-
+ census urn=-
C09
-*census urn=H9
+ census urn=-
C10
-*census provision=agency_foster
+ census provision=childrens_home
C11
-*census start=2025-04-01
+ census start=2025-03-31
C12
-*census start=2020-01-09
+ census start=2020-01-10
"""


def cases() -> dict[str, dict[str, list[str]]]:
    """Return the lines of each rule's two cases: rule to `-` and `+`."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in SPEC.strip().splitlines():
        if re.fullmatch(r"[A-Z]\d\d", line):
            code = line
            assert code not in found, f"{code} is there twice"
            found[code] = {"-": [], "+": []}
        else:
            assert line[0] in "-+ ", line
            for sign in "-+" if line[0] == " " else line[0]:
                found[code][sign].append(line[1:])
    return found


CASES = cases()
BY_CODE = {rule.code: rule for rule in RULES}


def marked_lines(code: str, lines: list[str]) -> list[int]:
    """Return the positions, among the rows of the rule's table, of the lines with a star."""
    about = BY_CODE[code].about
    mine = [line for line in lines if about == "stated_births" or TABLE.get(line.strip(" *").split()[0]) == about]
    return [position for position, line in enumerate(mine) if line.strip().startswith("*")]


def test_every_rule_has_a_case_that_fails_and_one_that_passes():
    """No rule is without, and no case is of a rule that is not there; there are at least forty."""
    assert set(CASES) == set(BY_CODE)
    assert len(RULES) >= 40
    for code, case in CASES.items():
        assert case["-"] and case["+"] and case["-"] != case["+"], code
        assert marked_lines(code, case["-"]), f"{code}: no row is marked in the case that fails"


@pytest.mark.parametrize("code", BY_CODE)
def test_the_case_that_fails_is_found_and_the_rows_are_the_ones_marked(code):
    """The rule points at the marked rows of its table and at no other; they can be found again by id, and only by id."""
    facts = evidence(CASES[code]["-"])
    assert BY_CODE[code].can_be_checked(facts)
    broken = BY_CODE[code].marked(facts)
    marked = marked_lines(code, CASES[code]["-"])
    assert sorted(broken.index[broken]) == marked
    rows = rows_of(code, facts)
    assert rows["code"].eq(code).all()
    assert len(rows) == len(marked)
    assert {"child_id", "person_id", "provider_id"} & set(rows.columns)
    assert not {"birth_date", "home_postcode", "placement_postcode", "upn"} & set(rows.columns)


@pytest.mark.parametrize("code", BY_CODE)
def test_the_case_that_passes_is_left_alone(code):
    """The rule is checked, and points at nothing."""
    facts = evidence(CASES[code]["+"])
    assert BY_CODE[code].can_be_checked(facts)
    assert not BY_CODE[code].marked(facts).any()


def test_what_is_counted_is_what_is_marked():
    """`check_rules` says of each rule, in order, how many rows it marks, for the cases that fail of every subject."""
    for code in ("E03", "H07", "T04", "S15", "P10", "C02"):
        facts = evidence(CASES[code]["-"])
        found = check_rules(facts)
        assert found["code"].tolist() == list(BY_CODE)
        row = found.set_index("code").loc[code]
        assert row["checked"]
        assert row["count"] == len(marked_lines(code, CASES[code]["-"]))


def test_tables_in_order_break_no_rule():
    """The usual tables, and a usual row of every other table of the return, break none but what a row itself implies."""
    rest = ["review", "worker", "missing", "dolo", "oc2", "prev_perm", "uasc"]
    found = check_rules(evidence(rest))
    assert found.loc[found["count"] > 0, "code"].tolist() == []
    unchecked = set(found.loc[~found["checked"], "code"])
    assert {BY_CODE[code].about for code in unchecked} <= {"ad1", "placed_adoption", "oc3", "episodes"}


def test_codes_severities_messages_and_advice():
    """A code is one rule's; a severity is known; message and advice are there, and neither ends with a full stop."""
    assert len(BY_CODE) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[A-Z]\d\d", rule.code)
        assert rule.severity in SEVERITIES
        for text in (rule.message, rule.advice):
            assert text, rule.code
            assert not text.endswith("."), rule.code
            assert "|" not in text, rule.code


def test_no_two_rules_say_the_same_of_one_table():
    """A data officer can tell two rules apart by what is found."""
    assert len({(rule.about, rule.message) for rule in RULES}) == len(RULES)


def test_the_page_lists_the_rules_as_they_are():
    """docs/rules.md is what `python tools/list_rules.py` would write now, and names every code once."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == rules_page(RULES)
    assert sorted(re.findall(r"^\| ([A-Z]\d\d) ", page, re.MULTILINE)) == sorted(BY_CODE)


def test_without_a_map_what_needs_one_is_not_checked_and_the_rest_is_the_same():
    """`checked` is False, with count 0, for just the rules that need located facts; not checked is not the same as kept."""
    lines = ['episode to="GU9 9ZZ" home=nonsense urn=H9', "provider postcode=nonsense"]
    with_map, without = (check_rules(evidence(lines, located=located)).set_index("code") for located in (True, False))
    located = {"postcodes", "authorities of postcodes", "authority names", "our children at each provider"}
    need_map = [rule.code for rule in RULES if located & set(rule.needs)]
    assert need_map
    assert not without.loc[need_map, "checked"].any()
    assert (without.loc[need_map, "count"] == 0).all()
    assert with_map.loc[["L01", "L04", "P03"], "count"].tolist() == [1, 1, 1]
    pd.testing.assert_frame_equal(with_map.drop(need_map), without.drop(need_map))


def test_nothing_at_all_is_not_checked():
    """Empty tables, as when one source is read alone: every rule answers, none is said to have been checked."""
    facts = evidence([])
    empty = {name: getattr(facts.tables, name).iloc[:0] for name in vars(facts.tables) if name != "care_tables"}
    found = check_rules(type(facts)(type(facts.tables)(**empty), facts.snapshot))
    assert len(found) == len(RULES)
    assert not found["checked"].any()
    assert (found["count"] == 0).all()


def test_rows_of_a_rule_are_found_again_by_child_day_and_file():
    """For the data officer: who, when and in which file; of the rows that break the rule only."""
    rows = rows_of("D06", evidence(["episode end=2021-02-01", "episode child=2 end=2021-02-01 rec=E8"]))
    assert rows.to_dict("records") == [
        {
            "code": "D06",
            "about": "episodes",
            "child_id": "1",
            "start": pd.Timestamp("2020-01-10"),
            "return_year": 2025,
            "source": "episodes.csv",
        }
    ]


def test_a_rule_that_is_not_there_is_said_to_be_not_there():
    """No traceback, and nothing silently empty."""
    with pytest.raises(UsageError, match="no rule"):
        rows_of("Q99", evidence([]))


def test_the_order_of_rows_does_not_matter():
    """Counts are the same for a return in any order, with children who have several episodes each."""
    draw = np.random.default_rng(7)
    lines = []
    for child in range(40):
        day = pd.Timestamp("2018-01-01") + pd.Timedelta(days=int(draw.integers(0, 900)))
        for _ in range(int(draw.integers(1, 5))):
            end = day + pd.Timedelta(days=int(draw.integers(0, 500)))
            rne, rec = draw.choice(list("SLPTBU")), draw.choice(["X1", "E8", "E4A", "-"])
            place, ls = draw.choice(["K2", "U4", "P1", "A6"]), draw.choice(["C2", "V2", "V4", "E1"])
            lines.append(
                f"episode child={child} start={day:%F} end={end:%F} rne={rne} rec={rec} place={place} ls={ls}"
                f" year={draw.integers(2019, 2026)}"
            )
            day = end + pd.Timedelta(days=int(draw.integers(-20, 20)) * int(draw.integers(0, 2)))
    # Which of two episodes that begin on one day comes first is not said: keep one of them, as the reader does.
    once = list({tuple(line.split()[1:3]): line for line in lines}.values())
    children = [f"child child={child}" for child in range(0, 40, 2)]
    found = check_rules(evidence([*children, *once]))
    again = check_rules(evidence([*children, *(once[i] for i in draw.permutation(len(once)))]))
    pd.testing.assert_frame_equal(found, again)
    assert (found["count"] > 0).sum() > 15
