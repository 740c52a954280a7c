"""SEN2: CSV modules and XML read alike, the latest export used, nothing lost, names dropped at the door."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import codes
from placements.errors import DataError, UnreadableFilesError
from placements.read.sen2 import read_sen2
from placements.read.when import day_in
from tests import examples


def blade(folder: Path, day: str = "16-01-2025", **modules: str) -> Path:
    """Write modules of a Blade export; each text is a CSV with its header."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in modules.items():
        (folder / f"Blade-Export_{day}_{name}.csv").write_text(text.strip().replace(" ", "") + "\n", encoding="utf-8")
    return folder


PERSON = """
persontableid,sen2tableid,NativeId,sourceid,surname,forename,personbirthdate,sex,ethnicity,postcode,upn
1,1,n1,1,Madeup,Alpha,2012-Sep-28,M,WBRI,GU11AA,A123456789012
2,1,n2,1,Madeup,Beta,2013-Jan-02,F,WBRI,KT11AA,
3,1,n3,1,Madeup,Gamma,2014-Jan-02,F,WBRI,KT11AB,
"""
REQUESTS = """
requeststableid,persontableid,NativeId,sourceid,receiveddate
11,1,n,1,2019-Jan-10
12,2,n,1,2020-Jan-10
13,3,n,1,2024-Nov-10
"""
ASSESSMENT = """
assessmenttableid,requeststableid,NativeId,sourceid,assessmentoutcome
21,11,n,1,Y
22,12,n,1,Y
"""
NAMED = """
namedplantableid,assessmenttableid,NativeId,sourceid,startdate,ceasedate,ceasereason
31,21,n,1,2019-Sep-01,,
32,22,n,1,2020-Sep-01,2024-Dec-01,3
"""
DETAIL = """
plandetailtableid,namedplantableid,NativeId,sourceid,urn,ukprn,sensetting,placementrank,senunitindicator,resourcedprovisionindicator
41,31,n,1,100001,,,1,0,0
42,32,n,1,100002,,,1,0,0
"""
ACTIVE = """
activeplanstableid,requeststableid,NativeId,sourceid
51,11,n,1
"""
PLACEMENT = """
placementdetailtableid,activeplanstableid,NativeId,sourceid,urn,ukprn,sensetting,placementrank,entrydate,leavingdate,senunitindicator,resourcedprovisionindicator,res,wbp
61,51,n,1,100001,,,1,2019-Sep-02,,1,0,,
62,51,n,1,,,EHE,2,2021-Sep-02,,0,0,,
"""
NEED = """
senneedtableid,activeplanstableid,NativeId,sourceid,sentype,sentyperank
71,51,n,1,SEMH,2
72,51,n,1,ASD,1
73,51,n,1,XYZ,3
"""
MODULES = {
    "person": PERSON,
    "requests": REQUESTS,
    "assessment": ASSESSMENT,
    "namedplan": NAMED,
    "plandetail": DETAIL,
    "activeplans": ACTIVE,
    "placementdetail": PLACEMENT,
    "senneed": NEED,
}


@pytest.fixture
def export(tmp_path):
    return blade(tmp_path, **MODULES)


def balanced(result) -> bool:
    """Return whether every row is accounted for, and quarantined as often as the account says."""
    files = result.files
    whole = files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]
    return bool(whole.all()) and len(result.quarantine) == files["quarantined"].sum()


def nameless(result) -> bool:
    frames = (result.plans, result.education_placements, result.quarantine, result.files)
    held = [frame.astype(str).apply(lambda column: column.str.contains("Madeup|Alpha|Beta")) for frame in frames]
    return not any(frame.any().any() for frame in held)


# --- one export -------------------------------------------------------------------------------------------------------
def test_every_need_and_placement_of_a_child_is_kept_and_ranked(export):
    """Rank 1 is the main need though it stands second in the file; both placements stay."""
    result = read_sen2(export, export)
    plan = result.plans.set_index("person_id").loc["1"]
    assert (plan["need"], plan["other_needs"]) == ("ASD", "SEMH")
    mine = result.education_placements[result.education_placements["person_id"] == "1"]
    assert mine["rank"].tolist() == [1, 2]
    assert mine["setting"].tolist() == ["", "EHE"]
    assert mine["sen_unit"].tolist() == [True, False]


def test_a_child_with_a_plan_but_no_active_placement_keeps_what_the_plan_names(export):
    """Child 2's plan ceased: its school and its end are kept; child 3 only asked for an assessment and has no plan."""
    result = read_sen2(export, export)
    plans = result.plans.set_index("person_id")
    assert plans.loc["2", "end"] == pd.Timestamp("2024-12-01")
    assert "3" not in plans.index
    named = result.education_placements.set_index("person_id").loc["2"]
    assert named["provider_id"] == "100002"


def test_names_are_dropped_at_the_door_and_rows_are_accounted_for(export):
    """No table holds a surname or forename; the unknown code of need is quarantined with its row."""
    blade(export, person=PERSON + "1,1,n1,1,Madeup,Alpha,2012-Sep-28,M,WBRI,GU11AA,A123456789012\n")
    result = read_sen2(export, export)
    assert nameless(result)
    found = result.quarantine[["table", "column", "value", "row"]].to_numpy().tolist()
    assert found == [["person", "persontableid", "1", 5], ["senneed", "sentype", "XYZ", 4]]
    assert balanced(result)


def test_modules_are_known_by_their_columns_not_their_names(export):
    """Renamed files read the same, though a module may then be read before its parent."""
    before = read_sen2(export, export).plans
    for i, path in enumerate(sorted(export.glob("*.csv"), reverse=True)):
        path.rename(export / f"{i}.csv")
    pd.testing.assert_frame_equal(read_sen2(export, export).plans.drop(columns="source"), before.drop(columns="source"))


def test_a_row_whose_parent_is_not_in_the_export_is_quarantined_not_lost(export):
    """Nothing vanishes between the modules: an orphan is counted, with its row and the reason."""
    blade(export, activeplans=ACTIVE.replace("51,11", "51,99"))
    result = read_sen2(export, export)
    orphans = result.quarantine[result.quarantine["table"] == "activeplans"]
    assert orphans[["column", "value", "row"]].to_numpy().tolist() == [["requeststableid", "99", 2]]
    assert balanced(result)


def test_a_ceased_plan_does_not_say_where_a_child_learns_under_a_later_one(export):
    """Without a placement detail only the latest plan's schools count, with that plan's dates."""
    blade(
        export,
        namedplan=NAMED + "33,22,n,1,2012-Sep-01,2013-Sep-01,3\n",
        plandetail=DETAIL + "43,33,n,1,999999,,,1,0,0\n",
    )
    places = read_sen2(export, export).education_placements
    assert places.loc[places["person_id"] == "2", "provider_id"].tolist() == ["100002"]


def test_what_a_later_plan_or_a_placement_detail_states_is_superseded_not_used(export):
    """Child 1's plan detail gives way to placements, child 2's earlier plan and its detail to the later; one of each counts."""
    blade(
        export,
        namedplan=NAMED + "33,22,n,1,2012-Sep-01,2013-Sep-01,3\n",
        plandetail=DETAIL + "43,33,n,1,999999,,,1,0,0\n",
    )
    result = read_sen2(export, export)
    files = result.files.set_index("table")[["rows_in", "used", "quarantined", "superseded"]]
    assert files.loc["namedplan"].tolist() == [3, 2, 0, 1]
    assert files.loc["plandetail"].tolist() == [3, 1, 0, 2]
    assert files.loc["placementdetail"].tolist() == [2, 2, 0, 0]
    assert balanced(result)


def test_a_placement_stays_when_its_number_or_code_is_none(export):
    """An unknown setting code and a URN that is no number are left blank; codes of every setting without a URN stay."""
    rows = ["61,51,n,1,see note,,,1,,,0,0,,", "62,51,n,1,,,??,2,,,0,0,,", "63,51,n,1,,10012345,,3,,,0,0,,"]
    codes_ = ["OLA", "opa", "EHE", "EYP", "OTH", "NEET", "NIEC", "NIEO"]
    rows += [f"{70 + i},51,n,1,,,{code},{4 + i},,,0,0,," for i, code in enumerate(codes_)]
    blade(export, placementdetail=PLACEMENT.strip().splitlines()[0] + "\n" + "\n".join(rows))
    result = read_sen2(export, export)
    mine = result.education_placements[result.education_placements["person_id"] == "1"]
    assert mine["provider_id"].eq("").all()
    assert mine["setting"].tolist() == ["", "", "", *map(str.upper, codes_)]
    assert mine["ukprn"].tolist()[:4] == ["", "", "10012345", ""]
    assert result.quarantine["table"].tolist() == ["senneed"]


def test_a_placement_whose_dates_cannot_be_is_quarantined_with_why(export):
    """31 November, and leaving before entering: both rows go, each named by the column of its file."""
    blade(
        export,
        placementdetail=PLACEMENT
        + "63,51,n,1,100003,,,3,2023-Nov-31,,0,0,,\n64,51,n,1,100003,,,3,2023-Sep-01,2022-Sep-01,0,0,,\n",
    )
    result = read_sen2(export, export)
    wrong = result.quarantine[result.quarantine["table"] == "placementdetail"]
    assert wrong[["row", "column", "value"]].to_numpy().tolist() == [
        [4, "entrydate", "2023-Nov-31"],
        [5, "leavingdate", "2022-Sep-01"],
    ]
    assert balanced(result)


def test_sex_is_read_under_its_earlier_name_and_codes(export):
    """`gendercurrent` 1 and 2 are M and F; what is neither is not known."""
    person = PERSON.replace(",sex,", ",gendercurrent,").replace(",M,", ",1,")
    blade(export, person=person.replace("2013-Jan-02,F,", "2013-Jan-02,2,"))
    assert read_sen2(export, export).plans["sex"].tolist() == ["M", "F"]
    blade(export, person=person.replace("2013-Jan-02,F,", "2013-Jan-02,x,"))
    assert read_sen2(export, export).plans["sex"].tolist() == ["M", "U"]


# --- several exports --------------------------------------------------------------------------------------------------
LAST_YEAR = {name: text.replace("100001", "199999").replace("100002", "199999") for name, text in MODULES.items()}


@pytest.mark.parametrize("where", ["same folder", "folders and days", "folders alone", "one dated, one not"])
def test_of_several_exports_the_latest_is_used_and_the_others_rows_are_superseded(tmp_path, where):
    """By the day in the names of files, else by the days in the data; every row of the earlier one is in the account."""
    last = {name: text.replace("2024-Nov-10", "2023-Nov-10") for name, text in LAST_YEAR.items()}
    now_folder = tmp_path / "a now" if "folders" in where else tmp_path
    last_folder = tmp_path / "b last" if "folders" in where or "one" in where else tmp_path
    blade(now_folder, "16-01-2025", **MODULES)
    blade(last_folder, "18-01-2024", **last)
    undated = {"folders alone": [now_folder, last_folder], "one dated, one not": [last_folder]}
    for folder in undated.get(where, []):
        for path in folder.glob("*.csv"):
            path.rename(path.with_name(path.name.split("_")[-1]))
    result = read_sen2(tmp_path, tmp_path)
    assert "199999" not in set(result.education_placements["provider_id"])
    assert set(result.education_placements["provider_id"]) == {"100001", "", "100002"}
    files = result.files
    assert len(files) == 16
    assert balanced(result)
    earlier = files[files["superseded"] > 0]
    earlier = earlier[earlier["used"] == 0]
    assert len(earlier) == 8
    assert (earlier["superseded"] == earlier["rows_in"]).all()
    assert set(result.plans["source"]).isdisjoint(earlier["path"])


def test_one_mistyped_year_does_not_make_last_years_export_the_latest(tmp_path):
    """A request of the year 2052 in last year's file: this year's is used all the same."""
    many = [f"{i},1,n,1,2023-Nov-10" for i in range(100, 300)]
    last = LAST_YEAR | {"requests": REQUESTS.replace("2024-Nov-10", "2052-Nov-10") + "\n".join(many)}
    now = MODULES | {"requests": REQUESTS + "\n".join(many).replace("2023", "2024")}
    for folder, modules in (("a", now), ("b", last)):
        for path in blade(tmp_path / folder, **modules).glob("*.csv"):
            path.rename(path.with_name(path.name.split("_")[-1]))
    assert "100001" in set(read_sen2(tmp_path, tmp_path).education_placements["provider_id"])


def test_a_second_file_of_a_module_in_one_export_is_refused_in_words(export):
    """Table ids of two exports would be taken for each other; a copy without a day belongs to the export beside it."""
    path = next(export.glob("*person.csv"))
    (export / "copy of the person module.csv").write_bytes(path.read_bytes())
    with pytest.raises(DataError, match=r"second file of the module person(.|\n)*keep one file of each module"):
        read_sen2(export, export)


def test_two_exports_of_one_day_are_refused_in_words(export):
    """Nothing says which of them counts."""
    blade(export / "again", **MODULES)
    with pytest.raises(DataError, match="of the same day"):
        read_sen2(export, export)


def test_an_export_torn_over_two_days_is_refused_in_words(export):
    """Modules downloaded on the next day look like an export of their own: not taken for one that lacks the rest."""
    for name in ("placementdetail", "senneed"):
        path = next(export.glob(f"*{name}.csv"))
        path.rename(path.with_name(path.name.replace("16-01", "17-01")))
    with pytest.raises(DataError, match=r"lacks person, requests(.|\n)*in one folder"):
        read_sen2(export, export)


def test_a_stray_file_with_a_day_in_its_name_is_no_export(export):
    """It is named in the account, its rows are in the quarantine, and the export is used as it would be without it."""
    before = read_sen2(export, export)
    (export / "costs 01-02-2026.csv").write_text("urn,cost\n100001,5\n")
    result = read_sen2(export, export)
    pd.testing.assert_frame_equal(result.plans, before.plans)
    assert result.files.set_index("path").loc["costs 01-02-2026.csv", ["table", "quarantined"]].tolist() == [
        "not recognised",
        1,
    ]
    assert balanced(result)


# --- XML --------------------------------------------------------------------------------------------------------------
RETURN = """<?xml version="1.0"?>
<m:Message xmlns:m="urn:made-up"><m:Header><Year>2025</Year></m:Header>
<m:Person><Surname>Madeup</Surname><ForeName>Alpha</ForeName><PersonBirthDate>2012-09-28</PersonBirthDate><SEX>M</SEX>
 <Requests><ReceivedDate>2019-01-10</ReceivedDate>
  <Assessment><NamedPlan><StartDate>2019-09-01</StartDate><PlanDetail><URN>100001</URN></PlanDetail></NamedPlan></Assessment>
  <ACTIVEPLANS>
   <PlacementDetail><URN>100001</URN><PlacementRank>1</PlacementRank></PlacementDetail>
   <PlacementDetail><SENsetting>EHE</SENsetting><PlacementRank>2</PlacementRank></PlacementDetail>
   <SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed>
   <SENneed><SENtype>XYZ</SENtype><SENtypeRank>2</SENtypeRank></SENneed>
  </ACTIVEPLANS>
 </Requests></m:Person>
<m:SENneed><SENtype>MLD</SENtype></m:SENneed>
</m:Message>
"""


def test_an_xml_return_has_a_line_in_the_account_for_each_module(tmp_path):
    """Tags in any case and namespace; a bad row is quarantined with its line; a need of nobody is not lost."""
    (tmp_path / "return.xml").write_text(RETURN)
    result = read_sen2(tmp_path, tmp_path)
    files = result.files.set_index("table")
    assert files["rows_in"].to_dict() == {
        "person": 1,
        "requests": 1,
        "assessment": 1,
        "namedplan": 1,
        "plandetail": 1,
        "activeplans": 1,
        "placementdetail": 2,
        "senneed": 3,
    }
    assert files.loc["senneed", "path"] == "return.xml [senneed]"
    assert result.quarantine[["row", "column", "value"]].to_numpy().tolist() == [
        [13, "activeplanstableid", ""],
        [10, "sentype", "XYZ"],
    ]
    assert balanced(result)
    assert nameless(result)
    assert result.plans[["sex", "need"]].to_numpy().tolist() == [["M", "ASD"]]


def test_an_xml_return_beside_last_years_csv_export_is_an_export_of_its_own(export):
    """The return's latest day is in 2019, the export's in its name: the export counts; with a later day, the return."""
    (export / "return.xml").write_text(RETURN)
    result = read_sen2(export, export)
    assert set(result.plans["source"]) == {"Blade-Export_16-01-2025_person.csv"}
    (export / "return.xml").rename(export / "return 2026-01-15.xml")
    result = read_sen2(export, export)
    assert set(result.plans["source"]) == {"return 2026-01-15.xml [person]"}
    files = result.files[result.files["path"].str.startswith("Blade")]
    assert files["superseded"].sum() == sum(len(text.strip().splitlines()) - 1 for text in MODULES.values())
    assert balanced(result)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Blade-Export_16-01-2025_person.csv", "2025-01-16"),
        ("edubasealldata20250524.csv", "2025-05-24"),
        ("SEN2 2025.01.16 (2).xml", "2025-01-16"),
        ("run 20259999, of 1_2_2024.csv", "2024-02-01"),
        ("return 2025.csv", None),
        ("120250116.csv", None),
    ],
)
def test_the_day_in_a_files_name_is_found(name, day):
    """However it is written, day first or year first; a longer number is not a day."""
    assert day_in(name) == (pd.Timestamp(day) if day else None)


def test_xml_of_another_root_is_passed_over_and_named(export):
    """A return of another collection in the folder stops nothing; the account and the quarantine say it was not used."""
    (export / "other.xml").write_text("<EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID></HEADER></CHILD></EXPSSDA903>")
    result = read_sen2(export, export)
    assert result.files.set_index("path").loc["other.xml", ["table", "used"]].tolist() == ["not recognised", 0]
    assert balanced(result)
    assert len(result.plans) == 2


def test_xml_that_declares_a_document_type_is_refused(tmp_path):
    """Entities can reach outside the file."""
    (tmp_path / "return.xml").write_text(RETURN.replace("<m:Message", '<!DOCTYPE a [<!ENTITY e "x">]>\n<m:Message', 1))
    with pytest.raises(UnreadableFilesError, match="document type"):
        read_sen2(tmp_path, tmp_path)


# --- the same export, written both ways, against a plain reckoning ---------------------------------------------------
DAY = st.sampled_from(["", "2019-09-01", "2021-09-01", "2023-09-01", "2023-11-31", "soon"])
RANK = st.sampled_from(["", "1", "1", "2", "3", "ten"])
PLACE = st.fixed_dictionaries(
    {
        "urn": st.sampled_from(["", "100001", "100002", "no"]),
        "ukprn": st.sampled_from(["", "10012345"]),
        "sensetting": st.sampled_from(["", "OLA", "ehe", "??"]),
        "sensettingother": st.just("in words"),
        "placementrank": RANK,
        "senunitindicator": st.sampled_from(["0", "1", ""]),
        "resourcedprovisionindicator": st.sampled_from(["0", "1"]),
    }
)
ATTENDED = st.builds(
    lambda place, more: place | more,
    PLACE,
    st.fixed_dictionaries({"entrydate": DAY, "leavingdate": DAY, "res": st.sampled_from(["", "38", "52"])}),
)
NEEDED = st.fixed_dictionaries({"sentype": st.sampled_from(["ASD", "SEMH", "slcn", "MLD", "XYZ"]), "sentyperank": RANK})
PLAN = st.fixed_dictionaries(
    {"startdate": DAY, "ceasedate": DAY, "ceasereason": st.just("3"), "plandetail": st.lists(PLACE, max_size=2)}
)
REQUEST = st.fixed_dictionaries(
    {
        "receiveddate": st.just("2019-01-01"),
        "assessment": st.lists(
            st.fixed_dictionaries({"week20": st.just("0"), "namedplan": st.lists(PLAN, max_size=2)}), max_size=1
        ),
        "activeplans": st.lists(
            st.fixed_dictionaries(
                {
                    "transferla": st.just(""),
                    "placementdetail": st.lists(ATTENDED, max_size=3),
                    "senneed": st.lists(NEEDED, max_size=4),
                }
            ),
            max_size=1,
        ),
    }
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "surname": st.just("Madeup"),
            "personbirthdate": DAY,
            "sex": st.sampled_from(["M", "F", "1", "2", ""]),
            "postcode": st.sampled_from(["", "GU1 1AA"]),
            "upn": st.just(""),
            "requests": st.lists(REQUEST, max_size=2),
        }
    ),
    min_size=1,
    max_size=12,
)


def as_csv(folder: Path, people: list[dict]) -> None:
    """Write the modules: each row numbered among those of its module, with the number of its parent."""
    rows: dict[str, list[dict]] = {name: [] for name in MODULES}

    def put(name: str, thing: dict, parent: dict) -> None:
        rows[name].append({})
        mine = {f"{name}tableid": str(len(rows[name]))}
        rows[name][-1] = mine | parent | {key: value for key, value in thing.items() if not isinstance(value, list)}
        for key, value in thing.items():
            for inner in value if isinstance(value, list) else []:
                put(key, inner, mine)

    for person in people:
        put("person", person, {})
    for name, held in rows.items():
        if held:
            pd.DataFrame(held).to_csv(folder / f"{name}.csv", index=False)


def as_xml(path: Path, people: list[dict]) -> None:
    """Write the return; tags in capitals every other time."""

    def put(name: str, thing: dict) -> str:
        fields = [
            "".join(put(key, inner) for inner in value) if isinstance(value, list) else f"<{key}>{value}</{key}>"
            for key, value in thing.items()
        ]
        tag = name.upper() if len(fields) % 2 else name.title()
        return f"<{tag}>{''.join(fields)}</{tag}>\n"

    path.write_text(f"<Message xmlns='urn:a'>{''.join(put('Person', person) for person in people)}</Message>")


def day_of(text: str) -> pd.Timestamp | None:
    """Return the day, None when blank; raise when it is none."""
    return pd.Timestamp(text) if text else None


def fits(thing: dict, start: str, end: str) -> bool:
    try:
        begins, ends = day_of(thing[start]), day_of(thing[end])
    except ValueError:
        return False
    return begins is None or ends is None or begins <= ends


def rank_of(thing: dict, name: str) -> int:
    return int(thing[name]) if thing[name].isdigit() else 1


def reckoned(people: list[dict]) -> tuple[dict, list]:
    """Return by person the plan's start and needs, and all places, worked out child by child."""
    plans, places = {}, []
    for number, person in enumerate(people, start=1):
        named = [
            plan
            for request in person["requests"]
            for assessment in request["assessment"]
            for plan in assessment["namedplan"]
            if fits(plan, "startdate", "ceasedate")
        ]
        active = [active for request in person["requests"] for active in request["activeplans"]]
        if not named and not active:
            continue
        latest = max(enumerate(named), key=lambda pair: (pair[1]["startdate"], pair[0]))[1] if named else None
        needs = [need for one in active for need in one["senneed"] if need["sentype"].upper() in codes.SEN_TYPE]
        ranked = [need["sentype"].upper() for need in sorted(needs, key=lambda need: rank_of(need, "sentyperank"))]
        ranked = list(dict.fromkeys(ranked))
        plans[str(number)] = (latest["startdate"] if latest else "", ranked)
        held = [place for one in active for place in one["placementdetail"] if fits(place, "entrydate", "leavingdate")]
        held = held or (latest["plandetail"] if latest else [])
        for place in sorted(held, key=lambda place: rank_of(place, "placementrank")):
            urn = place["urn"] if place["urn"].isdigit() else ""
            setting = place["sensetting"].upper() if place["sensetting"] != "??" else ""
            started = place["entrydate"] if "entrydate" in place else latest["startdate"]
            places.append([str(number), rank_of(place, "placementrank"), urn, place["ukprn"], setting, started])
    return plans, sorted(places, key=lambda place: place[0])  # by the person's table id, which is text


@settings(max_examples=examples(7, 20), deadline=None)
@given(people=PEOPLE)
def test_csv_and_xml_of_one_export_give_the_same_and_what_a_plain_reckoning_gives(people):
    """Plans and places are equal whichever way they came, and equal to those worked out child by child."""
    with tempfile.TemporaryDirectory() as name:
        csv, xml = Path(name) / "csv", Path(name) / "xml"
        csv.mkdir()
        xml.mkdir()
        as_csv(csv, people)
        as_xml(xml / "return.xml", people)
        by_csv, by_xml = read_sen2(csv, csv), read_sen2(xml, xml)
    if any(person["requests"] for person in people):
        for table in ("plans", "education_placements"):
            left, right = getattr(by_csv, table), getattr(by_xml, table)
            pd.testing.assert_frame_equal(left.drop(columns="source"), right.drop(columns="source"))
        wrong = [frame.quarantine.drop(columns=["file", "row", "record"]) for frame in (by_csv, by_xml)]
        columns = list(wrong[0].columns)
        wrong = [frame.sort_values(columns, ignore_index=True) for frame in wrong]
        pd.testing.assert_frame_equal(wrong[0], wrong[1])
    assert balanced(by_csv)
    assert balanced(by_xml)
    assert nameless(by_csv)
    assert nameless(by_xml)
    for result in (by_csv, by_xml):
        used = result.files.set_index("table")["used"]
        shown = result.education_placements["source"].str.contains("plandetail").sum()
        assert used.get("plandetail", 0) == shown
        assert used.get("placementdetail", 0) == len(result.education_placements) - shown
    plans, places = reckoned(people)
    found = by_csv.plans
    starts = found["start"].dt.strftime("%Y-%m-%d").fillna("")
    needs = [
        [need for need in (main, *others.split(";")) if need not in ("", codes.NEED_UNKNOWN)]
        for main, others in zip(found["need"], found["other_needs"], strict=True)
    ]
    assert dict(zip(found["person_id"], zip(starts, needs, strict=True), strict=True)) == plans
    got = by_csv.education_placements
    got = got.assign(start=got["start"].dt.strftime("%Y-%m-%d").fillna(""))
    columns = ["person_id", "rank", "provider_id", "ukprn", "setting", "start"]
    assert got[columns].to_numpy().tolist() == places


# --- XML that states things otherwise ---------------------------------------------------------------------------------
def test_attributes_of_an_xml_return_are_fields(tmp_path):
    """The same return with its fields as attributes gives the same plans and places; names are dropped there too."""
    elements, attributes = tmp_path / "elements", tmp_path / "attributes"
    elements.mkdir()
    attributes.mkdir()
    (elements / "return.xml").write_text(RETURN)
    (attributes / "return.xml").write_text(
        """<m:Message xmlns:m="urn:made-up"><m:Person Surname="Madeup" ForeName1="Alpha" PersonBirthDate="2012-09-28"
        SEX="M"><Requests ReceivedDate="2019-01-10"><Assessment><NamedPlan StartDate="2019-09-01"><PlanDetail
        URN="100001"/></NamedPlan></Assessment><ActivePlans><PlacementDetail URN="100001" PlacementRank="1"/>
        <PlacementDetail SENsetting="EHE" PlacementRank="2"/><SENneed SENtype="ASD" SENtypeRank="1"/><SENneed
        SENtype="XYZ" SENtypeRank="2"/></ActivePlans></Requests></m:Person><m:SENneed SENtype="MLD"/></m:Message>"""
    )
    one, other = read_sen2(elements, elements), read_sen2(attributes, attributes)
    pd.testing.assert_frame_equal(one.plans, other.plans)
    pd.testing.assert_frame_equal(one.education_placements, other.education_placements)
    assert len(one.quarantine) == len(other.quarantine)
    assert balanced(other)
    assert nameless(other)


def test_a_field_stated_twice_in_an_xml_element_is_not_lost(tmp_path):
    """The first need counts; the other is in the quarantine with its line. A second surname is nowhere."""
    text = RETURN.replace("<SENtype>ASD</SENtype>", "<SENtype>ASD</SENtype><SENtype>SEMH</SENtype>")
    (tmp_path / "return.xml").write_text(text.replace("<Surname>", "<Surname>Beta</Surname><Surname>", 1))
    result = read_sen2(tmp_path, tmp_path)
    assert result.plans["need"].tolist() == ["ASD"]
    again = result.quarantine[result.quarantine["table"] == "not recognised"]
    assert again["row"].tolist() == [9]
    assert "SEMH" in again["record"].iloc[0]
    assert balanced(result)
    assert nameless(result)


def test_an_xml_return_in_an_unknown_encoding_is_refused_in_words(tmp_path):
    """The error names the file and what to do."""
    (tmp_path / "return.xml").write_text(RETURN.replace('"1.0"', '"1.0" encoding="foo"', 1))
    with pytest.raises(UnreadableFilesError, match=r"return\.xml(.|\n)*save it as UTF-8"):
        read_sen2(tmp_path, tmp_path)
