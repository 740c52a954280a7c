"""GIAS: extracts laid over one another, families of schools, bases, closed schools, and who followed whom."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements import codes, schemas
from placements.assemble import _education
from placements.read.gias import read_gias
from placements.read.gias_links import standing_for
from placements.read.gias_types import TYPES, school_provision, school_sector
from placements.read.tables import SourceTables

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"

GIAS = (
    '"URN","LA (name)","EstablishmentName","TypeOfEstablishment (name)","EstablishmentStatus (name)","StatutoryLowAge",'
    '"StatutoryHighAge","Gender (name)","SchoolCapacity","NumberOfPupils","SEN1 (name)","SEN2 (name)",'
    '"TypeOfResourcedProvision (name)","ResourcedProvisionCapacity","ResourcedProvisionOnRoll","SenUnitCapacity","SenUnitOnRoll","Postcode"\n'
)


def extract(folder: Path, name: str, text: str) -> None:
    """Write an extract from rows of cells divided by `|`, the first row being the names of columns."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows[1:], columns=rows[0]).to_csv(folder / name, index=False, encoding="cp1252")


def balanced(result) -> bool:
    files = result.files
    whole = files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]
    return bool(whole.all()) and len(result.quarantine) == files["quarantined"].sum()


# --- places to learn --------------------------------------------------------------------------------------------------
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


def test_a_school_with_both_kinds_of_base_has_the_places_of_both(tmp_path):
    """Twelve and eight are twenty; of a roll that is known for one of them only, that one; of none, not known."""
    extract(
        tmp_path,
        "edubasealldata20250331.csv",
        """
        URN    | EstablishmentName | TypeOfEstablishment (name) | TypeOfResourcedProvision (name)  | ResourcedProvisionCapacity | SenUnitCapacity | ResourcedProvisionOnRoll | SenUnitOnRoll | Postcode
        100001 | Both              | Community school           | Resourced provision and SEN unit | 12                         | 8               | 10                       |               | GU1 1AA
        100002 | Said only         | Academy converter          | SEN unit                         |                            |                 |                          |               | GU1 1AA
        100003 | Special           | Community special school   | Resourced provision              | 12                         |                 |                          |               | GU1 1AA
        """,
    )
    schools = read_gias(tmp_path, tmp_path).provision.set_index("provider_id")
    assert schools.loc["100001:base", ["registered_places", "on_roll"]].tolist() == [20, 10]
    assert schools.loc["100002:base", ["registered_places", "on_roll"]].isna().all()
    assert "100003:base" not in schools.index


def test_what_only_schools_have_is_read_and_what_is_not_said_is_not_known(tmp_path):
    """Approval under section 41, boarders, days of opening and closing back to 1809, UKPRN, the authority by name."""
    extract(
        tmp_path,
        "edubasealldata20250331.csv",
        """
        URN    | LA (name) | EstablishmentName | TypeOfEstablishment (name)       | EstablishmentStatus (name)  | OpenDate   | CloseDate  | Boarders (name) | BoardingEstablishment (name) | Section41Approved (name) | UKPRN    | Postcode | Easting
        100001 | Surrey    | A                 | Other independent special school | Open                        | 01-09-1809 |            | Boarding school |                              | Approved                 | 10012345 |          | 500000
        100002 | Surrey    | B                 | Non-maintained special school    | Open, but proposed to close | 05-11-1985 | 31-08-2026 | No boarders     |                              | Not approved             | 0        | GU1 1AA  | 500000
        100003 | Kent      | C                 | Community school                 | Closed                      |            | 31-08-2019 |                 | Has boarders                 | Not applicable           |          | GU1 1AA  | 500000
        100004 | Kent      | D                 | Community school                 | Proposed to open            | 01-09-1509 |            | Not applicable  |                              |                          |          | GU1 1AA  | 500000
        """,
    )
    schools = read_gias(tmp_path, tmp_path).provision.set_index("provider_id")
    assert schools["is_open"].tolist() == [True, True, False, False]
    assert schools["opened_on"].dt.strftime("%d/%m/%Y").fillna("").tolist() == [
        "01/09/1809",
        "05/11/1985",
        "",
        "",
    ]
    assert schools["closed_on"].dt.strftime("%d/%m/%Y").fillna("").tolist() == ["", "31/08/2026", "31/08/2019", ""]
    said = schools[["section_41", "boards"]].astype("string").fillna("-")
    assert said["section_41"].tolist() == ["True", "False", "-", "-"]
    assert said["boards"].tolist() == ["True", "False", "True", "-"]
    assert schools["ukprn"].tolist() == ["10012345", "", "", ""]
    assert schools["authority_name"].tolist() == ["Surrey", "Surrey", "Kent", "Kent"]


def test_school_types_fall_into_families():
    """Special, alternative and post-16 types are set apart; a type not listed is other, and none is not known."""
    types = pd.Series(
        [
            "Free schools special",
            "Non-maintained special school",
            "Pupil referral unit",
            "Special post 16 institution",
            "Community school",
            "higher education institutions ",
            "Secure units",
            "Welsh establishment",
            "Online provider",
            "Type of the year 2030",
            "",
        ]
    )
    assert school_provision(types).tolist() == [
        "state_special",
        "independent_special",
        "alternative_provision",
        "post_16",
        "mainstream",
        "post_16",
        "other_education",
        "other_education",
        "other_education",
        "other_education",
        "education_unknown",
    ]
    assert school_sector(types).tolist()[:4] == ["own", "private", "own", "private"]


def test_every_family_of_the_table_of_types_is_one_and_every_type_stands_once():
    """The table maps GIAS types to provision families of learning."""
    names = [name for family in TYPES.values() for name in family]
    assert len(names) == len(set(names))
    assert set(TYPES) <= set(codes.EDUCATION_PROVISION)


# --- several extracts -------------------------------------------------------------------------------------------------
OLDER = """
URN    | EstablishmentName | TypeOfEstablishment (name) | EstablishmentStatus (name) | CloseDate  | SchoolCapacity | SEN1 (name)             | Postcode
100001 | Old name          | Community special school   | Open, but proposed to close | 31-08-2024 | 80             | ASD - Autistic Spectrum | GU1 1AA
100002 | Only in the older | Community school           | Open                       |            | 200            |                         | GU1 1AB
"""
NEWER = """
URN    | EstablishmentName | TypeOfEstablishment (name)  | EstablishmentStatus (name) | UKPRN    | Postcode
100001 | New name          | Academy special converter   | Open                       | 10012345 |
not it | Broken            | Community school            | Open                       |          |
"""


@pytest.mark.parametrize("names", [("a20240101.csv", "b20250101.csv"), ("z20240101.csv", "a20250101.csv")])
def test_extracts_are_laid_over_one_another_cell_by_cell_the_newest_last(tmp_path, names):
    """The day in the name decides, not the name; what the newest leaves blank the older one knows."""
    for name, text in zip(names, (OLDER, NEWER), strict=True):
        extract(tmp_path, name, text)
    result = read_gias(tmp_path, tmp_path)
    schools = result.provision.set_index("provider_id")
    first = schools.loc["100001"]
    assert first[["name", "registered_places", "needs", "postcode", "ukprn"]].tolist() == [
        "New name",
        80,
        "autism",
        "GU1 1AA",
        "10012345",
    ]
    assert pd.isna(first["closed_on"])  # the older extract's day was given up: the school is open
    assert schools.loc["100002", "registered_places"] == 200
    counts = result.files.set_index("path")[["used", "quarantined", "superseded"]]
    assert counts.loc[names[0]].tolist() == [1, 0, 1]
    assert counts.loc[names[1]].tolist() == [1, 1, 0]
    assert balanced(result)


def test_sen_types_and_bases_come_whole_from_the_newest_extract_that_has_them(tmp_path):
    """A unit and a need given up are not brought back; an extract whose columns are blank throughout does not have them."""
    head = (
        "URN | EstablishmentName | TypeOfEstablishment (name) | SEN1 (name) | SEN2 (name) | SenUnitCapacity | Postcode"
    )
    said = (
        ("a20230101.csv", "100001 | A | Community school | ASD - x | HI - x | 20 | GU1 1AA"),
        (
            "b20250101.csv",
            "100001 | A | Community school | ASD - x | | | \n 100002 | B | Academy converter | | HI - x | 8 | ",
        ),
        ("c20260101.csv", "100001 | A | Community school | | | | \n 100002 | B | Academy converter | | | | "),
    )
    extract(tmp_path, said[0][0], f"{head}\n{said[0][1]}")
    before = read_gias(tmp_path, tmp_path).provision.set_index("provider_id")
    assert before.loc["100001:base", ["registered_places", "needs"]].tolist() == [20, "autism;sensory_physical"]
    for name, rows in said[1:]:
        extract(tmp_path, name, f"{head}\n{rows}")
        schools = read_gias(tmp_path, tmp_path).provision.set_index("provider_id")
        assert set(schools.index) == {"100001", "100002", "100002:base"}
        assert schools.loc["100002:base", ["registered_places", "needs"]].tolist() == [8, "sensory_physical"]
        assert schools.loc["100001", "postcode"] == "GU1 1AA"
    special = f"{head}\n" + said[0][1].replace("Community school", "Community special school")
    extract(tmp_path, said[0][0], special)
    extract(tmp_path, said[1][0], f"{head}\n" + said[1][1].replace("Community school", "Community special school"))
    (tmp_path / said[2][0]).unlink()
    assert read_gias(tmp_path, tmp_path).provision.set_index("provider_id").loc["100001", "needs"] == "autism"


@pytest.mark.skipif(not SAMPLES.exists(), reason="public sample files are not here")
def test_the_public_school_registers_are_read_whole():
    """All 27,459 rows of the three public files are used or superseded, and what any of them knows is known."""
    result = read_gias(SAMPLES / "gias", SAMPLES)
    assert result.files["rows_in"].sum() == 22_010 + 5_350 + 99
    assert result.files["quarantined"].sum() == 0
    assert balanced(result)
    provision = result.provision
    kinds = provision["provision"].value_counts()
    assert kinds["state_special"] > 1000
    assert kinds["independent_special"] > 800
    raw = [
        pd.read_csv(path, dtype="str", keep_default_na=False, encoding="cp1252").set_index("URN")
        for path in (SAMPLES / "gias").glob("*.csv")
    ]
    schools = provision[provision["provision"] != "specialist_base"].set_index("provider_id")
    assert set(schools.index) == set().union(*(frame.index for frame in raw))
    for column, name in (("postcode", "Postcode"), ("ukprn", "UKPRN"), ("on_roll", "NumberOfPupils")):
        held = schools.index[schools[column].notna() & schools[column].ne("")]
        said = set().union(*(frame.index[frame[name] != ""] for frame in raw if name in frame))
        assert set(held) == said, name
    types = set().union(*(frame["TypeOfEstablishment (name)"] for frame in raw))
    assert types <= {name for names in TYPES.values() for name in names}


# --- who followed whom ------------------------------------------------------------------------------------------------
LINKS = """
URN    | LinkURN | LinkName | LinkType               | LinkEstablishedDate
100001 | 100002  | B        | Successor              | 01-09-2015
100002 | 100001  | A        | Predecessor            | 01-09-2015
100003 | 100002  | B        | Predecessor - merged   | 01-09-2020
100004 | 100003  | C        | Successor - merged     |
100005 | 100003  | C        | Sixth Form Centre Link |
100006 | 100006  | F        | Successor              |
x      | 100006  | F        | Successor              |
"""


def test_links_point_from_the_older_school_to_the_newer_whoever_states_them(tmp_path):
    """A pair stated from both sides is one; other types of link say nothing; a school cannot follow itself."""
    extract(tmp_path, "links_edubasealldata20250524.csv", LINKS)
    result = read_gias(tmp_path, tmp_path)
    found = result.links[["urn", "successor_urn", "link"]].to_numpy().tolist()
    assert found == [
        ["100001", "100002", "Predecessor"],
        ["100002", "100003", "Predecessor - merged"],
        ["100004", "100003", "Successor - merged"],
    ]
    assert result.links["from_day"].dt.strftime("%d/%m/%Y").tolist()[:2] == ["01/09/2015", "01/09/2020"]
    assert result.files[["rows_in", "used", "quarantined", "superseded"]].to_numpy().tolist() == [[7, 4, 2, 1]]
    assert sorted(result.quarantine["row"]) == [7, 8]
    assert result.provision.empty


URNS = st.sampled_from([f"10000{i}" for i in range(6)])


def links_of(pairs: list[tuple[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(pairs, columns=["urn", "successor_urn"], dtype="str")
    return schemas.check(schemas.SCHOOL_LINKS, frame.assign(link="Successor", from_day=pd.NaT, source="tests"))


@given(pairs=st.lists(st.tuples(URNS, URNS), max_size=12), registered=st.sets(URNS, max_size=3))
def test_a_chain_of_successors_ends_at_a_registered_school_or_nowhere(pairs, registered):
    """A school stands for another exactly where a chain of links leads to it, circles or not; none for itself."""
    held = pd.Series(sorted(registered), dtype="str")
    standing = standing_for(links_of(pairs), held)
    assert standing.index.is_unique
    reach = {urn: {b for a, b in pairs if a == urn} for urn, _ in pairs}
    for _ in range(len(pairs)):
        reach = {
            urn: ends | {c for b in ends if b not in registered for c in reach.get(b, ())}
            for urn, ends in reach.items()
        }
    expected = {urn for urn, ends in reach.items() if urn not in registered and ends & registered}
    assert set(standing.index) == expected
    for urn, stands in standing.items():
        assert stands in reach[urn] & registered


# --- where a placement leads ------------------------------------------------------------------------------------------
def settings_in(provision: pd.DataFrame, links: pd.DataFrame, rows: list[tuple[str, str]]) -> pd.DataFrame:
    """Return the placements of children at settings, each given by URN and UKPRN."""
    people = [f"p{i}" for i in range(len(rows))]
    plans = pd.DataFrame({"person_id": people, "upn": "", "sex": "F", "birth_date": pd.Timestamp("2012-01-01")}).assign(
        home_postcode="GU1 1AA",
        start=pd.Timestamp("2020-01-01"),
        end=pd.NaT,
        end_reason="",
        need="ASD",
        other_needs="",
        source="t",
    )
    places = pd.DataFrame({"person_id": people, "rank": 1, "provider_id": [urn for urn, _ in rows]}).assign(
        ukprn=[ukprn for _, ukprn in rows],
        setting="",
        sen_unit=False,
        resourced_provision=False,
        residential_weeks="",
        start=pd.Timestamp("2020-01-01"),
        end=pd.NaT,
        source="t",
    )
    nothing = pd.DataFrame()
    tables = SourceTables(
        children=schemas.empty(schemas.CHILDREN),
        episodes=schemas.empty(schemas.EPISODES),
        plans=schemas.check(schemas.PLANS, plans),
        education_placements=schemas.check(schemas.EDUCATION_PLACEMENTS, places),
        provision=provision,
        provider_use=nothing,
        unit_costs=nothing,
        options=nothing,
        quarantine=nothing,
        files=nothing,
        school_links=links,
    )
    return _education(tables)


def test_a_placement_at_a_school_that_is_gone_takes_what_is_known_of_its_successor(tmp_path):
    """100001 became 100002, which merged into 100003, the only one in the file; 100005 has no successor and stays."""
    extract(tmp_path, "links_edubasealldata20250524.csv", LINKS)
    extract(
        tmp_path,
        "edubasealldata20250524.csv",
        """
        URN    | EstablishmentName | TypeOfEstablishment (name) | EstablishmentStatus (name) | CloseDate  | Postcode
        100003 | C                 | Academy special converter  | Open                       |            | GU1 1AA
        100007 | G                 | Community special school   | Closed                     | 31-08-2021 | GU1 1AB
        """,
    )
    register = read_gias(tmp_path, tmp_path)
    rows = [("100001", ""), ("100004", ""), ("100005", ""), ("100003", ""), ("100007", "")]
    found = settings_in(register.provision, register.links, rows)
    assert found["provider_id"].tolist() == ["100003", "100003", "100005", "100003", "100007"]
    assert found["provision"].tolist() == [*["state_special"] * 2, "education_unknown", *["state_special"] * 2]
    assert found["placement_postcode"].fillna("").tolist() == ["GU1 1AA", "GU1 1AA", "", "GU1 1AA", "GU1 1AB"]


def test_a_placement_with_a_ukprn_alone_is_at_the_open_school_of_that_number(tmp_path):
    """A closed and an open school share a UKPRN: the open one, though it stands second; a URN that is given counts."""
    extract(
        tmp_path,
        "edubasealldata20250524.csv",
        """
        URN    | EstablishmentName | TypeOfEstablishment (name)  | EstablishmentStatus (name) | UKPRN    | SenUnitCapacity | Postcode
        100001 | A                 | Further education           | Closed                     | 10012345 |                 | GU1 1AA
        100002 | B                 | Special post 16 institution | Open                       | 10012345 |                 | GU1 1AB
        100003 | C                 | Community school            | Open                       | 10012346 | 10              | GU1 1AC
        """,
    )
    register = read_gias(tmp_path, tmp_path)
    rows = [("", "10012345"), ("100001", "10012345"), ("", "10012346"), ("", "10099999"), ("", "")]
    found = settings_in(register.provision, register.links, rows)
    assert found["provider_id"].tolist() == ["100002", "100001", "100003", "", ""]
    assert found["provision"].tolist() == ["post_16", "post_16", "mainstream", "education_unknown", "education_unknown"]
    assert found["placement_postcode"].fillna("").tolist() == ["GU1 1AB", "GU1 1AA", "GU1 1AC", "", ""]
