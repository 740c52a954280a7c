"""Tables that break no rule, and a short way to say what differs from them: one line a row.

A line names a table and what is not as usual: ``episode start=2020-01-10 place=K2``. `-` is a missing value. A table
that no line names has its usual rows; one that any line names has those rows only. The usual child is number 1, born on
1 May 2010, in the home H1 since January 2020, at the special school S1, on 31 March 2025.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Sequence
from functools import cache

import pandas as pd

from placements import schemas
from placements.read.tables import SourceTables
from placements.validate import Evidence

SNAPSHOT = pd.Timestamp("2025-03-31")
#: A well-formed pupil number: its digits, times 2 to 13, add up to 53, which is 7 more than twice 23; H is the eighth letter.
UPN = "H801200001001"
#: What the directory would say: status and authority.
POSTCODES = {
    "": ("missing", None),
    "GU1 1AA": ("matched", "E10000030"),
    "GU2 2BB": ("matched", "E10000030"),
    "KT1 1AA": ("matched", "E09000021"),
    "CF1 1AA": ("matched", "WAL"),
    "GU9 9ZZ": ("not_found", None),
    "GU1": ("outward_only", None),
    "nonsense": ("malformed", None),
    "ZZ99 3VZ": ("no_fixed_abode", None),
}
AUTHORITIES = {"Surrey": "E10000030", "Kingston upon Thames": "E09000021"}

#: A table's usual row, which is also the template of every line about it.
USUAL = {
    "child": f"child=1 upn={UPN} sex=M birth=2010-05-01 uasc=no in_header=yes",
    "episode": "child=1 start=2020-01-10 end=- rne=S rec=- why=- ls=C2 cin=N1 place=K2 sector=private"
    ' home="GU1 1AA" to="GU2 2BB" urn=H1 year=2025 source=episodes.csv',
    "plan": f'person=p1 upn={UPN} sex=M birth=2010-05-01 home="GU1 1AA" start=2019-09-01 end=- end_reason=- need=ASD'
    " other_needs=- source=person.csv",
    "setting": "person=p1 rank=1 urn=S1 ukprn=- setting=- sen_unit=no resourced_provision=no residential_weeks=-"
    " start=2021-09-01 end=- source=placementdetail.csv",
    "transport": f"person=p1 upn={UPN} yearly_cost_gbp=8000 mode=taxi source=transport.csv",
    "provider": 'urn=H1 name="The Elms" service=care provision=childrens_home sector=private owner=- postcode="GU2 2BB"'
    " registered_places=4 needs=- age_low=5 age_high=17 sex=any quality=- is_open=yes confidential=yes source=homes.csv"
    " ukprn=- authority_name=Surrey on_roll=- opened_on=2015-01-01 closed_on=- section_41=- boards=- establishment_type=-",
    "use": "urn=H1 usable_places=3 occupied_by_others=2 cost=5000",
    "census": "child=1 looked_after=yes placing=Surrey host=Surrey sourced=- urn=H1 agency_id=- provision=childrens_home"
    " provision_text=- start=2020-01-10 cost=5000 social_care_gbp=4000 education_gbp=1000 health_gbp=-"
    " reason=- reason_text=- need=- source=census.csv",
    "ours": "urn=H1 children=1",
    "uasc": "child=1 birth=2010-05-01 sex=M duc=- year=2025 source=uasc.csv",
    "oc2": "child=1 birth=2010-05-01 sdq_score=11 sdq_reason=- year=2025 source=oc2.csv",
    "oc3": "child=1 birth=2010-05-01 in_touch=YES year=2025 source=oc3.csv",
    "review": "child=1 birth=2010-05-01 review=2025-01-10 year=2025 source=reviews.csv",
    "ad1": "child=1 birth=2010-05-01 date_int=2024-06-01 date_match=- nb_adoptr=- sex_adoptr=- year=2025 source=ad1.csv",
    "placed": "child=1 birth=2010-05-01 date_placed=2024-09-01 date_placed_ceased=- reason_placed_ceased=- year=2025"
    " source=placed.csv",
    "prev_perm": "child=1 birth=2010-05-01 prev_perm=Z1 la_perm=- year=2025 source=perm.csv",
    "missing": "child=1 birth=2010-05-01 missing=M mis_start=2024-12-01 mis_end=2024-12-03 year=2025 source=missing.csv",
    "worker": "child=1 birth=2010-05-01 sw_decom=2020-01-10 sw_dec=- year=2025 source=workers.csv",
    "dolo": "child=1 birth=2010-05-01 dolo_start=2024-12-01 dolo_end=2024-12-20 year=2025 source=dolo.csv",
}
#: Rows that a table has when no line names it.
ALWAYS = {
    "child": [""],
    "episode": [""],
    "plan": [""],
    "setting": [""],
    "transport": [""],
    "provider": [
        "",
        (
            'urn=S1 name="Beech School" service=education provision=state_special sector=own postcode="GU1 1AA"'
            " registered_places=60 on_roll=60 age_low=4 age_high=19 boards=no"
        ),
    ],
    "use": [""],
    "census": [""],
    "ours": [""],
}
CARE_TABLE = {"review": "reviews", "placed": "placed_adoption", "worker": "sw_episodes"} | {
    name: name for name in ("uasc", "oc2", "oc3", "ad1", "prev_perm", "missing", "dolo")
}
#: The table that a line is about, as rules call it.
TABLE = CARE_TABLE | {
    "child": "children",
    "episode": "episodes",
    "plan": "plans",
    "setting": "education_placements",
    "provider": "provision",
    "use": "provider_use",
    "transport": "school_transport",
    "census": "commissioning",
}
SCHEMA = {
    "child": schemas.CHILDREN,
    "episode": schemas.EPISODES,
    "plan": schemas.PLANS,
    "setting": schemas.EDUCATION_PLACEMENTS,
    "provider": schemas.PROVISION_AS_READ,
    "census": schemas.COMMISSIONING,
    "transport": schemas.SCHOOL_TRANSPORT,
}
#: Short names of columns; those of episodes are the return's own.
LONG = {
    "child": "child_id",
    "person": "person_id",
    "birth": "birth_date",
    "urn": "provider_id",
    "rne": "start_reason",
    "rec": "end_reason",
    "why": "change_reason",
    "ls": "legal_status",
    "cin": "need",
    "place": "place_code",
    "home": "home_postcode",
    "to": "placement_postcode",
    "year": "return_year",
    "placing": "placing_authority",
    "host": "host_authority",
    "reason": "reason_at_distance",
    "cost": "weekly_cost_gbp",
}
DATES = {
    "birth",
    "start",
    "end",
    "duc",
    "review",
    "date_int",
    "date_match",
    "date_placed",
    "date_placed_ceased",
    "mis_start",
    "mis_end",
    "sw_decom",
    "sw_dec",
    "dolo_start",
    "dolo_end",
    "opened_on",
    "closed_on",
}
NUMBERS = {
    "usable_places",
    "occupied_by_others",
    "cost",
    "children",
    "registered_places",
    "on_roll",
    "age_low",
    "age_high",
    "social_care_gbp",
    "education_gbp",
    "health_gbp",
    "yearly_cost_gbp",
}
TRUTH = {
    "uasc",
    "in_header",
    "sen_unit",
    "resourced_provision",
    "is_open",
    "confidential",
    "looked_after",
    "boards",
    "section_41",
}


def evidence(lines: Sequence[str], *, located: bool = True) -> Evidence:
    """Return the usual tables with the rows of `lines` in place of their own; without located facts if asked."""
    rows: dict[str, list[str]] = {}
    for line in lines:
        table, _, cells = line.strip().lstrip("*").strip().partition(" ")
        rows.setdefault(table, []).append(cells)
    frame = {name: _frame(name, tuple(rows.get(name, ALWAYS.get(name, [])))) for name in USUAL}
    tables = dataclasses.replace(
        _nothing(),
        **{TABLE[name]: frame[name] for name in (*SCHEMA, "use")},
        care_tables={CARE_TABLE[name]: frame[name] for name in CARE_TABLE if name in rows},
    )
    if not located:
        return Evidence(tables, SNAPSHOT)
    status, authority = (
        pd.Series([v[i] for v in POSTCODES.values()], index=list(POSTCODES), dtype="str") for i in (0, 1)
    )
    ours = frame["ours"].set_index("provider_id")["children"]
    return Evidence(tables, SNAPSHOT, status, authority, pd.Series(AUTHORITIES, dtype="str"), ours)


@cache
def _nothing() -> SourceTables:
    named = {field.name: getattr(schemas, field.name.upper(), None) for field in dataclasses.fields(SourceTables)}
    named |= {"provision": schemas.PROVISION_AS_READ}
    return SourceTables(
        **{name: schemas.empty(schema) for name, schema in named.items() if schema is not None},
        provider_use=pd.DataFrame(),
    )


@cache
def _frame(name: str, lines: tuple[str, ...]) -> pd.DataFrame:
    usual = dict(cell.split("=", 1) for cell in shlex.split(USUAL[name]))
    given = [dict(cell.split("=", 1) for cell in shlex.split(line)) for line in lines]
    for cells in given:
        assert set(cells) <= set(usual), f"{name} has no column {set(cells) - set(usual)}"
    rows = [[None if value == "-" else value for value in (usual | cells).values()] for cells in given]
    frame = pd.DataFrame(rows, columns=list(usual), dtype="str")
    for column in frame:
        if column in DATES:
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        elif column in NUMBERS:
            frame[column] = frame[column].astype(float)
        elif column in TRUTH:
            frame[column] = frame[column].map({"yes": True, "no": False}).astype("boolean")
        elif column in ("year", "rank"):
            frame[column] = frame[column].astype(int)
        else:
            frame[column] = frame[column].fillna("")
    frame = frame.rename(columns=LONG)
    return schemas.check(SCHEMA[name], frame) if name in SCHEMA else frame
