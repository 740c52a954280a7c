"""SEN2, GIAS, Ofsted and the own registers: real layouts, nothing lost, names dropped at the door."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from placements.errors import DataError
from placements.read.gias import read_gias, school_provision
from placements.read.ofsted import read_ofsted
from placements.read.register import TEMPLATES, read_registers
from placements.read.sen2 import read_sen2

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def blade(folder: Path, **modules: str) -> Path:
    """Write modules of a Blade export; each text is a CSV with its header."""
    for name, text in modules.items():
        (folder / f"Blade-Export_16-01-2025_{name}.csv").write_text(
            text.strip().replace(" ", "") + "\n", encoding="utf-8"
        )
    return folder


PERSON = """
persontableid,sen2tableid,NativeId,sourceid,surname,forename,personbirthdate,sex,ethnicity,postcode,upn
1,1,n1,1,Madeup,Alpha,2012-Sep-28,M,WBRI,GU11AA,A123456789012
2,1,n2,1,Madeup,Beta,2013-Jan-02,F,WBRI,KT11AA,
3,1,n3,1,Madeup,Gamma,2014-Jan-02,F,WBRI,KT11AB,
"""
REQUESTS = """
requeststableid,persontableid,NativeId,sourceid
11,1,n,1
12,2,n,1
13,3,n,1
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


@pytest.fixture
def export(tmp_path):
    return blade(
        tmp_path,
        person=PERSON,
        requests=REQUESTS,
        assessment=ASSESSMENT,
        namedplan=NAMED,
        plandetail=DETAIL,
        activeplans=ACTIVE,
        placementdetail=PLACEMENT,
        senneed=NEED,
    )


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
    result = read_sen2(export, export)
    for frame in (result.plans, result.education_placements, result.quarantine):
        assert not frame.astype(str).apply(lambda column: column.str.contains("Madeup|Alpha|Beta")).any().any()
    assert result.quarantine[["column", "value", "row"]].to_numpy().tolist() == [["need", "XYZ", 4]]
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()


def test_modules_are_known_by_their_columns_not_their_names(export):
    """Renamed files read the same."""
    before = read_sen2(export, export).plans
    for i, path in enumerate(sorted(export.glob("*.csv"), reverse=True)):
        path.rename(export / f"{i}.csv")
    pd.testing.assert_frame_equal(read_sen2(export, export).plans.drop(columns="source"), before.drop(columns="source"))


def test_a_row_whose_parent_is_not_in_the_export_is_quarantined_not_lost(export):
    """Nothing vanishes between the modules: an orphan is counted, with its row and the reason."""
    path = next(export.glob("*activeplans.csv"))
    path.write_text(ACTIVE.strip().replace("51,11", "51,99") + "\n")
    result = read_sen2(export, export)
    orphans = result.quarantine[result.quarantine["table"] == "activeplans"]
    assert orphans[["column", "value", "row"]].to_numpy().tolist() == [["parent", "99", 2]]
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()
    assert len(result.quarantine) == files["quarantined"].sum()


def test_a_ceased_plan_does_not_say_where_a_child_learns_under_a_later_one(export):
    """Without a placement detail only the latest plan's schools count, with that plan's dates."""
    blade(
        export,
        namedplan=NAMED + "33,22,n,1,2012-Sep-01,2013-Sep-01,3\n",
        plandetail=DETAIL + "43,33,n,1,999999,,,1,0,0\n",
    )
    places = read_sen2(export, export).education_placements
    assert places.loc[places["person_id"] == "2", "provider_id"].tolist() == ["100002"]


def test_a_second_export_in_the_folder_is_refused_in_words(export):
    """Table ids of two exports would be taken for each other."""
    path = next(export.glob("*person.csv"))
    (export / "Blade-Export_15-01-2024_person.csv").write_bytes(path.read_bytes())
    with pytest.raises(DataError, match="second file of the module person"):
        read_sen2(export, export)


GIAS = (
    '"URN","LA (name)","EstablishmentName","TypeOfEstablishment (name)","EstablishmentStatus (name)","StatutoryLowAge",'
    '"StatutoryHighAge","Gender (name)","SchoolCapacity","NumberOfPupils","SEN1 (name)","SEN2 (name)",'
    '"TypeOfResourcedProvision (name)","ResourcedProvisionCapacity","ResourcedProvisionOnRoll","SenUnitCapacity","SenUnitOnRoll","Postcode"\n'
)


def test_a_mainstream_school_with_a_unit_is_two_places_to_learn(tmp_path):
    """The school, and its specialist base with the base's own places, needs and roll; cp1252 is read."""
    text = GIAS + (
        '"100001","Surrey","Café School","Community school","Open","5","11","Mixed","420","400",'
        '"ASD - Autistic Spectrum Disorder","SLCN - Speech, language and Communication","SEN unit","","","20","18","GU1 1AA"\n'
        '"100002","Surrey","Special","Academy special converter","Closed","2","19","Boys","80","0","SLD - Severe Learning Difficulty","","Not applicable","","","","","GU1 1AB"\n'
    )
    (tmp_path / "edubasealldata20250331.csv").write_bytes(text.encode("cp1252"))
    schools = read_gias(tmp_path, tmp_path).provision.set_index("provider_id")
    assert schools.loc["100001", ["provision", "registered_places", "needs"]].tolist() == ["mainstream", 420, ""]
    base = schools.loc["100001:base"]
    assert base[["provision", "registered_places", "needs", "on_roll"]].tolist() == [
        "specialist_base",
        20,
        "autism;communication",
        18,
    ]
    assert schools.loc["100002", ["provision", "is_open", "sex"]].tolist() == ["state_special", False, "M"]
    assert schools.loc["100001", "name"] == "Café School"


@pytest.mark.skipif(not SAMPLES.exists(), reason="public sample files are not here")
def test_the_public_school_registers_are_read_whole():
    """All 27,459 rows of the three public files are used or superseded, none quarantined."""
    result = read_gias(SAMPLES / "gias", SAMPLES)
    assert result.files["rows_in"].sum() == 22_010 + 5_350 + 99
    assert result.files["quarantined"].sum() == 0
    kinds = result.provision["provision"].value_counts()
    assert kinds["state_special"] > 1000
    assert kinds["independent_special"] > 800


def test_school_types_fall_into_families():
    """Special, alternative and post-16 types are set apart; all else is mainstream."""
    types = pd.Series(
        [
            "Free schools special",
            "Non-maintained special school",
            "Pupil referral unit",
            "Special post 16 institution",
            "Community school",
        ]
    )
    assert school_provision(types).tolist() == [
        "state_special",
        "independent_special",
        "alternative_provision",
        "post_16",
        "mainstream",
    ]


def test_the_provider_workbook_is_read_by_alias_wherever_the_header_stands(tmp_path):
    """Both sheets; a title above the header; an agency's office has no places; flags decide the needs."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Providers"
    sheet.append(["Provider list, 31 March 2025"])
    sheet.append([])
    sheet.append(
        [
            "URN",
            "provider TYPE",
            "Sector",
            "Provider Status",
            "Max Users",
            "Learning Difficulty",
            "Setting Address Postcode",
            "Local Authority",
        ]
    )
    sheet.append(["SC1", "Children's home", "Private", "Active", 4, "Yes", "GU1 1AA", "Surrey"])
    sheet.append(["SC2", "Independent Fostering Agency", "Voluntary", "Active", 60, "-", "GU1 1AB", "Surrey"])
    sheet.append(["SC3", "Children's home", "Local Authority", "Closed", "many", "-", "GU1 1AC", "Surrey"])
    second = book.create_sheet("SA Providers")
    second.append(["URN", "Provider Type", "Sector", "Capacity", "Setting postcode"])
    second.append([2700001, "Category", "Private", 6, "GU1 1AD"])
    book.save(tmp_path / "list.xlsx")
    result = read_ofsted(tmp_path, tmp_path)
    homes = result.provision.set_index("provider_id")
    assert homes.loc["SC1", ["provision", "registered_places", "needs", "confidential"]].tolist() == [
        "childrens_home",
        4,
        "disabled",
        True,
    ]
    assert homes.loc["SC2", "provision"] == "agency_foster"
    assert pd.isna(homes.loc["SC2", "registered_places"])
    assert homes.loc["2700001", ["provision", "registered_places"]].tolist() == ["supported_accommodation", 6]
    assert result.quarantine[["row", "column", "value"]].to_numpy().tolist() == [[6, "places", "many"]]


def test_own_registers_quarantine_what_breaks_the_template_and_say_what_it_should_be(tmp_path):
    """A share over 1, an unknown kind, a number that is none and a second row of the same id are each refused alone."""
    columns = list(TEMPLATES["candidate_sites"])
    good = dict(
        zip(
            columns,
            [
                "o1",
                "s1",
                "open_home",
                "Home",
                "GU1 1AA",
                "",
                "childrens_home",
                "3",
                "1",
                "",
                "8",
                "17",
                "any",
                "900000",
                "380000",
                "600",
                "1",
                "0.85",
                "0.6",
                "estimate",
            ],
            strict=True,
        )
    )
    rows = [good] + [
        good | {"option_id": f"o{i + 2}"} | change
        for i, change in enumerate(
            [{"planned_occupancy": "1.5"}, {"kind": "castle"}, {"places": "three"}, {"option_id": "o1"}, {"source": ""}]
        )
    ]
    pd.DataFrame(rows)[columns].to_csv(tmp_path / "candidate_sites.csv", index=False)
    result = read_registers(tmp_path, tmp_path)
    assert result.options["option_id"].tolist() == ["o1"]
    assert set(result.quarantine["column"]) == {"places", "kind", "planned_occupancy", "source", "option_id"}
    assert "0 to 1" in result.quarantine.set_index("column").loc["planned_occupancy", "reason"]


def test_absent_registers_are_empty_not_an_error(tmp_path):
    """An authority that keeps no register can still run everything else."""
    result = read_registers(tmp_path, tmp_path)
    assert result.options.empty
    assert result.unit_costs.empty
    assert result.provision.empty
