"""The authority's own registers: every bad cell is named, nothing is passed over, and the authority's word wins."""

import io
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings

from placements import schemas
from placements.errors import UnreadableFilesError
from placements.newstudy import data_guide
from placements.read.everything import READERS, read_source, together
from placements.read.gias import read_gias
from placements.read.ofsted import read_ofsted
from placements.read.own_places import with_own_places
from placements.read.register import read_registers
from placements.read.register_templates import COLUMNS, TEMPLATES
from tests import examples

ROOT = Path(__file__).resolve().parents[2]
#: One row of each register with which nothing is wrong.
GOOD = {
    "foster_households": {
        "household_id": "h1",
        "postcode": "GU1 1AA",
        "approved_places": "2",
        "age_low": "0",
        "age_high": "17",
        "sex": "any",
        "needs": "family;disabled",
        "approval_from": "01/04/2019",
        "terms": "short_breaks",
    },
    "homes": {
        "urn": "SC1",
        "name": "The Elms",
        "postcode": "GU1 1AA",
        "provision": "childrens_home",
        "registered_places": "4",
        "usable_places": "3",
        "needs": "family",
        "age_low": "8",
        "age_high": "17",
        "sex": "F",
        "weekly_cost_gbp": "£4,200",
    },
    "sen_units": {
        "urn": "100001",
        "kind": "sen_unit",
        "places": "20",
        "occupied": "18",
        "needs": "autism",
        "age_low": "5",
        "age_high": "11",
    },
    "provider_use": {
        "urn": "SC1",
        "usable_places": "2",
        "occupied_by_others": "1",
        "weekly_cost_gbp": "4000",
        "as_at": "31/03/2025",
    },
    "unit_costs": {
        "provision": "childrens_home",
        "sector": "any",
        "location": "in_county",
        "weekly_cost_gbp": "4500",
        "source": "budget",
    },
    "candidate_sites": {
        "option_id": "o1",
        "site_id": "s1",
        "kind": "open_home",
        "name": "Home",
        "postcode": "GU1 1AA",
        "district": "",
        "provision": "childrens_home",
        "places": "3",
        "max_units_per_year": "1",
        "needs": "",
        "age_low": "8",
        "age_high": "17",
        "sex": "any",
        "capital_gbp": "900000",
        "yearly_cost_gbp": "380000",
        "weekly_cost_gbp": "600",
        "lead_time_years": "1",
        "planned_occupancy": "0.85",
        "minimum_occupancy": "0.6",
        "source": "estimate",
    },
    "siblings": {"child_id": "1001", "sibling_group": "f1"},
    "transport": {
        "person_id": "77",
        "upn": "",
        "yearly_cost_gbp": "£8,450",
        "mode": "taxi",
    },
}
#: What may not stand in a column, and a part of the reason that is given.
BAD = [
    ("foster_households", "household_id", "", "blank"),
    ("foster_households", "postcode", "Guildford", "not a whole postcode"),
    ("foster_households", "postcode", "GU1", "not a whole postcode"),
    ("foster_households", "approved_places", "", "blank"),
    ("foster_households", "approved_places", "-1", "0 or more"),
    ("foster_households", "approved_places", "inf", "0 or more"),
    ("foster_households", "age_low", "baby", "from 0 to 25"),
    ("foster_households", "age_high", "120", "from 0 to 99"),
    ("foster_households", "sex", "X", "M, F, any"),
    ("foster_households", "needs", "family;autism", "disabled, unaccompanied, family, unknown"),
    ("foster_households", "approval_from", "04/13/2019", "dd/mm/yyyy"),
    ("foster_households", "terms", "long", "mainstream"),
    ("homes", "urn", "", "blank"),
    ("homes", "provision", "", "blank"),
    ("homes", "provision", "in_house_foster", "childrens_home"),
    ("homes", "postcode", "GU1 1A", "not a whole postcode"),
    ("homes", "registered_places", "four", "0 or more"),
    ("homes", "usable_places", "-2", "0 or more"),
    ("homes", "needs", "boys", "disabled"),
    ("homes", "age_low", "26", "from 0 to 25"),
    ("homes", "age_high", "-1", "from 0 to 99"),
    ("homes", "sex", "both sexes", "M, F, any"),
    ("homes", "weekly_cost_gbp", "4,20", "0 or more"),
    ("sen_units", "urn", "", "blank"),
    ("sen_units", "kind", "base", "sen_unit"),
    ("sen_units", "places", "", "blank"),
    ("sen_units", "occupied", "full", "0 or more"),
    ("sen_units", "needs", "family", "autism"),
    ("sen_units", "age_low", "x", "from 0 to 25"),
    ("sen_units", "age_high", "x", "from 0 to 99"),
    ("provider_use", "urn", "", "blank"),
    ("provider_use", "usable_places", "-1", "0 or more"),
    ("provider_use", "occupied_by_others", "1e999", "0 or more"),
    ("provider_use", "weekly_cost_gbp", "?", "0 or more"),
    ("provider_use", "as_at", "Mar-25", "dd/mm/yyyy"),
    ("unit_costs", "provision", "castle", "not one of"),
    ("unit_costs", "sector", "", "blank"),
    ("unit_costs", "sector", "charity", "voluntary"),
    ("unit_costs", "location", "near", "in_county"),
    ("unit_costs", "weekly_cost_gbp", "", "blank"),
    ("unit_costs", "weekly_cost_gbp", "-5", "0 or more"),
    ("unit_costs", "source", "", "blank"),
    ("candidate_sites", "option_id", "", "blank"),
    ("candidate_sites", "site_id", "", "blank"),
    ("candidate_sites", "kind", "castle", "open_home"),
    ("candidate_sites", "provision", "castle", "not one of"),
    ("candidate_sites", "postcode", "here", "not a whole postcode"),
    ("candidate_sites", "postcode", "", "give one of them"),
    ("candidate_sites", "provision", "", "say of which provision"),
    ("candidate_sites", "kind", "reduce_entries", "say what share"),
    ("candidate_sites", "staff", "-1", "0 or more"),
    ("candidate_sites", "share", "1.2", "from 0 to 1"),
    ("candidate_sites", "service", "health", "care, education"),
    ("candidate_sites", "age_bands", "teenagers", "10 to 15"),
    ("candidate_sites", "provisions", "castle", "not all of them"),
    ("candidate_sites", "places", "0", "1 or more"),
    ("candidate_sites", "max_units_per_year", "0", "1 or more"),
    ("candidate_sites", "needs", "castle", "not all of them"),
    ("candidate_sites", "age_low", "30", "from 0 to 25"),
    ("candidate_sites", "age_high", "30", "from 0 to 25"),
    ("candidate_sites", "sex", "?", "M, F, any"),
    ("candidate_sites", "capital_gbp", "-1", "0 or more"),
    ("candidate_sites", "yearly_cost_gbp", "x", "0 or more"),
    ("candidate_sites", "weekly_cost_gbp", "x", "0 or more"),
    ("candidate_sites", "lead_time_years", "11", "from 0 to 10"),
    ("candidate_sites", "planned_occupancy", "1.5", "from 0.01 to 1"),
    ("candidate_sites", "minimum_occupancy", "2", "from 0 to 1"),
    ("candidate_sites", "source", "", "blank"),
    ("siblings", "child_id", "", "blank"),
    ("siblings", "sibling_group", "", "blank"),
    ("transport", "person_id", "", "give it, or the upn"),
    ("transport", "upn", "A123", "unique pupil number"),
    ("transport", "yearly_cost_gbp", "-1", "0 or more"),
]


def write(folder: Path, name: str, *changes: dict[str, str], file: str = "") -> Path:
    """Write a register whose rows are the good one with changes."""
    path = folder / (file or f"{name}.csv")
    rows = [GOOD[name] | change for change in changes]
    pd.DataFrame(rows, columns=list(TEMPLATES[name])).to_csv(path, index=False)
    return path


def read(folder: Path):
    """Read the registers of a folder and check their account."""
    result = read_registers(folder, folder)
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()
    assert len(result.quarantine) == files["quarantined"].sum()
    return result


def rows_of(result, name: str) -> int:
    """Return how many rows of a register are in what was read."""
    own = result.own_places["provision"].eq("specialist_base")
    return {
        "foster_households": len(result.provision),
        "homes": int((~own).sum()),
        "sen_units": int(own.sum()),
        "provider_use": len(result.provider_use),
        "unit_costs": len(result.unit_costs),
        "candidate_sites": len(result.options),
        "siblings": len(result.siblings),
        "transport": len(result.school_transport),
    }[name]


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_template_as_it_is_handed_out_is_an_empty_register(tmp_path, name):
    """A header and no rows: known, nothing used, nothing quarantined, and tables of the declared form."""
    (tmp_path / f"{name}.csv").write_text(",".join(TEMPLATES[name]) + "\n")
    result = read(tmp_path)
    assert result.files[["table", "rows_in"]].to_numpy().tolist() == [[name, 0]]
    schemas.check(schemas.PROVISION_AS_READ, result.provision)
    schemas.check(schemas.OPTIONS, result.options)
    schemas.check(schemas.UNIT_COSTS, result.unit_costs)
    schemas.check(schemas.SIBLINGS, result.siblings)
    tables = read_source("register", tmp_path)
    assert tables.provision.empty
    assert tables.provider_use.empty


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_good_row_is_used(tmp_path, name):
    """Each column of each register has a value that is right."""
    write(tmp_path, name, {})
    result = read(tmp_path)
    assert result.quarantine.empty
    assert rows_of(result, name) == 1


def test_every_column_that_can_be_wrong_is_tried():
    """Free text cannot be wrong; every other column of every register is among the bad cells below."""
    free = {"name", "district", "areas", "mode"}
    tried = {(name, column) for name, column, *_ in BAD}
    assert {(name, c) for name, columns in COLUMNS.items() for c in columns if c not in free} == tried


@pytest.mark.parametrize(("name", "column", "value", "reason"), BAD)
def test_a_bad_cell_is_named_by_row_and_column_with_what_it_should_be(tmp_path, name, column, value, reason):
    """The bad row alone is refused: the good one before it stays."""
    other = {
        column: GOOD[name][column]
        for column in ("household_id", "urn", "option_id", "person_id", "child_id")
        if column in GOOD[name]
    }
    other = {key: text + "2" for key, text in other.items()} or {"provision": "secure"}
    write(tmp_path, name, {}, other | {column: value})
    result = read(tmp_path)
    expected = {"give one of them": "district", "say what share": "share"}.get(reason, column)
    assert result.quarantine[["row", "column", "table"]].to_numpy().tolist() == [[3, expected, name]]
    assert reason in result.quarantine["reason"].iloc[0]
    assert rows_of(result, name) == 1


def test_a_contract_where_children_live_is_told_by_its_district(tmp_path):
    """The postcode of a home that there is may not be said; that of a school may."""
    home = {"option_id": "b1", "kind": "block_contract"}
    school = home | {"option_id": "b2", "provision": "independent_special", "district": "E07000209"}
    write(
        tmp_path, "candidate_sites", home, school, home | {"option_id": "b3", "postcode": "", "district": "E07000209"}
    )
    result = read(tmp_path)
    assert result.quarantine[["row", "column"]].to_numpy().tolist() == [[2, "postcode"]]
    assert "give the district alone" in result.quarantine["reason"].iloc[0]
    assert result.options["option_id"].tolist() == ["b2", "b3"]


@pytest.mark.parametrize("name", [name for name in TEMPLATES if "age_low" in TEMPLATES[name]])
def test_ages_that_cross_are_refused(tmp_path, name):
    """From 12 to 5 is a slip that nobody can guess the meaning of."""
    write(tmp_path, name, {"age_low": "12", "age_high": "5"})
    result = read(tmp_path)
    assert result.quarantine["column"].tolist() == ["age_high"]
    assert rows_of(result, name) == 0


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_the_same_key_twice_in_a_table_is_refused_and_in_a_later_file_wins(tmp_path, name):
    """One of two rows in one file is a slip; of two files the later is the newer register."""
    write(tmp_path, name, {}, {}, file="a.csv")
    write(tmp_path, name, {}, file="b.csv")
    result = read(tmp_path)
    assert result.quarantine["reason"].tolist() == ["given twice: keep one"]
    assert result.files[["used", "quarantined", "superseded"]].to_numpy().tolist() == [[0, 1, 1], [1, 0, 0]]
    assert rows_of(result, name) == 1


def test_registers_are_known_by_their_columns_in_workbooks_too(tmp_path):
    """All of them on the sheets of one workbook of another name, with a title above the header."""
    book = openpyxl.Workbook()
    for name, row in GOOD.items():
        sheet = book.create_sheet(f"Sheet of {name}"[:31])
        for cells in (["Our register"], list(row), list(row.values())):
            sheet.append(cells)
    book.save(tmp_path / "everything.xlsx")
    result = read(tmp_path)
    assert result.quarantine.empty
    assert [rows_of(result, name) for name in TEMPLATES] == [1] * len(TEMPLATES)


def test_a_register_known_by_its_name_alone_says_which_column_it_lacks(tmp_path):
    """The file is named as the template but a needed column has another name."""
    (tmp_path / "homes.csv").write_text("Number,provision\nSC1,childrens_home\n")
    result = read(tmp_path)
    assert result.quarantine["reason"].tolist() == ["the table has no column urn: add it"]


def test_a_file_that_is_no_register_is_said_to_be_none(tmp_path):
    """Its rows are quarantined as a whole; an empty workbook stands in the account with no rows."""
    (tmp_path / "allowances.csv").write_text("band,pounds\nA,100\nB,200\n")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    result = read(tmp_path)
    assert result.files[["path", "table", "quarantined"]].to_numpy().tolist() == [
        ["allowances.csv", "not recognised", 2],
        ["empty.xlsx", "no rows", 0],
    ]


def test_absent_registers_are_empty_not_an_error(tmp_path):
    """An authority that keeps no register can still run everything else."""
    result = read(tmp_path)
    every = (result.options, result.unit_costs, result.provision, result.own_places, result.provider_use)
    for frame in (*every, result.siblings):
        assert frame.empty


def test_words_are_taken_as_people_write_them(tmp_path):
    """Labels, capitals, spaces, commas and `any`; a blank sex of a household is any."""
    write(
        tmp_path,
        "foster_households",
        {"household_id": "a", "needs": "Family, DISABLED", "sex": "girls", "terms": "Short breaks"},
        {"household_id": "b", "needs": "", "sex": ""},
        {"household_id": "c", "needs": "Any", "sex": "Male"},
    )
    write(
        tmp_path,
        "unit_costs",
        {"provision": "Children's home", "location": "In county", "weekly_cost_gbp": "£1,234.50"},
    )
    result = read(tmp_path)
    assert result.quarantine.empty
    households = result.provision.set_index("provider_id")
    assert households["needs"].tolist() == ["family;disabled", "", "disabled;unaccompanied;family;unknown"]
    assert households["sex"].tolist() == ["F", "any", "M"]
    assert households["opened_on"].iloc[0] == pd.Timestamp("2019-04-01")
    assert result.unit_costs.iloc[0].tolist() == ["childrens_home", "any", "in_county", 1234.5, "budget"]


@pytest.mark.parametrize(
    ("name", "needs", "groups"),
    [
        ("sen_units", "ASD; semh, PMLD;MLD", "autism;semh;learning"),
        ("candidate_sites", "ASD;N2;Family reasons and harm", "autism;disabled;family"),
        ("foster_households", "N1;n2", "family;disabled"),
        ("homes", "N2", "disabled"),
    ],
)
def test_codes_of_need_stand_for_their_groups(tmp_path, name, needs, groups):
    """What an authority has in its returns is taken in its registers; each group once."""
    write(tmp_path, name, {"needs": needs})
    result = read(tmp_path)
    assert result.quarantine.empty
    found = {"foster_households": result.provision, "candidate_sites": result.options}.get(name, result.own_places)
    assert found["needs"].tolist() == [groups]


def test_a_care_provider_with_the_number_of_a_school_takes_nothing_from_it(tmp_path):
    """Both stay, the care provider under a name of its own, which the register of homes speaks of."""
    for name, text in {"gias": GIAS, "ofsted": OFSTED.replace("SC1", "100001")}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.csv").write_text(text)
    (tmp_path / "register").mkdir()
    write(tmp_path / "register", "homes", {"urn": "100001", "name": "", "registered_places": "5"})
    parts = {name: reader(tmp_path / name, tmp_path) for name, reader in READERS.items()}
    provision = together(parts).provision.set_index("provider_id")
    assert provision.index.tolist() == ["100001", "100002", "100001:base", "ofsted:100001", "SC9"]
    assert provision.loc["100001", ["name", "service", "provision"]].tolist() == [
        "With a unit",
        "education",
        "mainstream",
    ]
    assert provision.loc["ofsted:100001", ["name", "service", "registered_places"]].tolist() == [
        "Elms House",
        "care",
        5,
    ]


def test_of_several_files_of_use_the_latest_day_wins(tmp_path):
    """The names of the files sort the other way."""
    write(tmp_path, "provider_use", {"usable_places": "1", "as_at": "31/03/2025"}, file="a.csv")
    write(tmp_path, "provider_use", {"usable_places": "9", "as_at": "31/03/2024"}, file="b.csv")
    write(tmp_path, "provider_use", {"usable_places": "8", "as_at": ""}, file="c.csv")
    assert read(tmp_path).provider_use["usable_places"].tolist() == [1]


def test_what_use_says_of_a_home_wins_over_its_row_among_the_homes(tmp_path):
    """Cell by cell: the usable places of the dated register, the cost that only the homes' register knows."""
    write(tmp_path, "homes", {"usable_places": "3"}, {"urn": "SC2", "usable_places": "5", "weekly_cost_gbp": ""})
    write(tmp_path, "provider_use", {"usable_places": "2", "weekly_cost_gbp": ""})
    use = read(tmp_path).provider_use.set_index("provider_id")
    assert use.loc["SC1"].tolist() == [2, 1, 4200]
    assert use.loc["SC2"].fillna(-1).tolist() == [5, -1, -1]


GIAS = (
    "URN,LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),StatutoryLowAge,"
    "StatutoryHighAge,SEN1 (name),SenUnitCapacity,SenUnitOnRoll,Postcode\n"
    "100001,Surrey,With a unit,Community school,Open,5,11,ASD - Autism,20,18,GU1 1AA\n"
    "100002,Surrey,Without,Community school,Open,4,16,,,,GU1 1AB\n"
)
OFSTED = (
    "URN,Provider Type,Sector,Provider Status,Max Users,Setting Name,Setting Address Postcode,Local Authority\n"
    "SC1,Children's home,Private,Active,6,Elms House,GU1 1AC,Surrey\n"
    "SC9,Children's home,Private,Active,2,Not ours,GU1 1AD,Surrey\n"
)


def all_sources(folder: Path) -> pd.DataFrame:
    """Return provision by id of the three sources that know any, put together."""
    for name, text in {"gias": GIAS, "ofsted": OFSTED}.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{name}.csv").write_text(text)
    gias, ofsted = read_gias(folder / "gias", folder), read_ofsted(folder / "ofsted", folder)
    both = pd.concat([gias.provision, ofsted.provision], ignore_index=True)
    return with_own_places(both, read(folder / "register").own_places).set_index("provider_id")


def test_the_authority_knows_its_homes_better_than_ofsted(tmp_path):
    """Cells it fills win, cells it leaves blank stay; a home that Ofsted does not list is its own."""
    (tmp_path / "register").mkdir()
    write(
        tmp_path / "register",
        "homes",
        {"urn": "sc1", "name": "", "postcode": "", "registered_places": "4", "sex": "", "needs": ""},
        {"urn": "SC7", "provision": "supported_accommodation", "age_low": "16"},
    )
    homes = all_sources(tmp_path)
    assert homes.loc[
        "SC1", ["name", "postcode", "registered_places", "age_low", "sex", "sector", "needs"]
    ].tolist() == [
        "Elms House",
        "GU1 1AC",
        4,
        8,
        "any",
        "private",
        "",
    ]
    assert "register" not in homes.loc["SC9", "source"]
    assert homes.loc["SC1", "source"] == "ofsted/ofsted.csv + homes.csv"
    assert homes.loc[
        "SC7", ["provision", "sector", "is_open", "confidential", "registered_places", "source"]
    ].tolist() == [
        "supported_accommodation",
        "own",
        True,
        True,
        4,
        "homes.csv",
    ]


def test_units_complete_their_schools_bases(tmp_path):
    """Units of one school are added up; a base that GIAS does not know is where its school is, or nowhere."""
    (tmp_path / "register").mkdir()
    write(
        tmp_path / "register",
        "sen_units",
        {"places": "12", "occupied": "9", "needs": "autism"},
        {"kind": "Resourced provision", "places": "6", "occupied": "", "needs": "semh", "age_low": ""},
        {"urn": "100002", "needs": ""},
        {"urn": "999999"},
    )
    bases = all_sources(tmp_path)
    # The second unit's roll and lowest age are not said, so neither are the school's: GIAS stands.
    assert bases.loc["100001:base", ["registered_places", "on_roll", "needs", "age_low", "age_high"]].tolist() == [
        18,
        18,
        "autism;semh",
        5,
        11,
    ]
    assert bases.loc["100002:base", ["name", "postcode", "provision", "registered_places", "needs"]].tolist() == [
        "Without",
        "GU1 1AB",
        "specialist_base",
        20,
        "",
    ]
    assert not bases.loc["100002:base", "confidential"]
    assert bases.loc["999999:base", ["name", "postcode", "registered_places", "on_roll"]].tolist() == ["", "", 20, 18]
    assert bases.loc["100001", "provision"] == "mainstream"


@settings(max_examples=examples(14, 40), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("ABCD"), st.tuples(st.none() | st.integers(0, 9), st.sampled_from(["", "GU1 1AA"]))
    ),
    st.dictionaries(
        st.sampled_from("ABCD"), st.tuples(st.none() | st.integers(0, 9), st.sampled_from(["", "KT1 1AA"]))
    ),
)
def test_laying_own_places_over_others_loses_no_place_and_no_cell(theirs, ours):
    """Whoever knows what: every place of either stands once, with our cell if we fill it, else theirs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ofsted.csv").write_text(
            "URN,Provider Type,Max Users,Setting Postcode\n"
            + "".join(f"{u},Children's home,{'' if n is None else n},{p}\n" for u, (n, p) in theirs.items())
        )
        (folder / "own").mkdir()
        (folder / "own" / "homes.csv").write_text(
            "urn,provision,registered_places,postcode\n"
            + "".join(f"{u},secure,{'' if n is None else n},{p}\n" for u, (n, p) in ours.items())
        )
        provision = read_ofsted(folder, folder).provision if theirs else schemas.empty(schemas.PROVISION_AS_READ)
        provision = provision[provision["source"] == "ofsted.csv"].reset_index(drop=True)
        provision = provision[provision["provider_id"].isin(theirs)].drop_duplicates("provider_id", keep="first")
        both = with_own_places(provision, read_registers(folder / "own", folder).own_places).set_index("provider_id")
    assert sorted(both.index) == sorted({*theirs, *ours})
    for urn, row in both.iterrows():
        (own_n, own_p), (n, p) = ours.get(urn, (None, "")), theirs.get(urn, (None, ""))
        places = own_n if own_n is not None else n
        assert (None if pd.isna(row["registered_places"]) else row["registered_places"]) == places
        assert row["postcode"] == (own_p or p)
        assert row["provision"] == ("secure" if urn in ours else "childrens_home")


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_no_damage_loses_a_row(name):
    """Cut out and put in anything anywhere: every row that is found is used, quarantined or superseded."""
    buffer = io.StringIO()
    pd.DataFrame([GOOD[name], GOOD[name]], columns=list(TEMPLATES[name])).to_csv(buffer, index=False)
    good = buffer.getvalue()

    @settings(max_examples=examples(9, 25), deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, len(good)), st.integers(0, 3), st.text('",\n;-9x é', max_size=4)), max_size=4)
    )
    def damaged(changes):
        text = good
        for at, length, put in changes:
            text = text[:at] + put + text[at + length :]
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / f"{name}.csv").write_text(text, encoding="utf-8")
            try:
                read(Path(folder))
            except UnreadableFilesError:  # no table at all: said so, with the file
                return

    damaged()


def test_the_guide_to_data_is_what_a_new_study_gets():
    """The guide in the project and the one that `placements init` writes are one, and name every column."""
    guide = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert guide == data_guide()
    for name, columns in TEMPLATES.items():
        assert f"## register/{name}.csv" in guide
        for column, meaning in columns.items():
            assert f"| `{column}` | {meaning} |" in guide


def test_all_sources_together_keep_own_places(tmp_path):
    """The table of all provision holds the households, the homes and the units, each once."""
    for name in TEMPLATES:
        write(tmp_path, name, {})
    tables = read_source("register", tmp_path)
    assert sorted(tables.provision["provider_id"]) == ["100001:base", "SC1", "household:h1"]
