"""`study.toml`: every mistake is named at once, and the file that is written says what the program does."""

import dataclasses
import datetime as dt
import tomllib

import pytest

from placements.errors import SettingsError, UsageError
from placements.geography.authorities import find_authority
from placements.newstudy import init_study, settings_text
from placements.settings import Settings, read_settings, settings_from
from placements.study import open_study


def test_a_new_file_says_every_setting_with_the_default_the_program_uses():
    """No setting is hidden: what is written, read back, is the defaults, section by section, key by key."""
    raw = tomllib.loads(settings_text("Surrey", dt.date(2025, 3, 31)))
    defaults = dataclasses.asdict(Settings())
    assert defaults.pop("boundary_sets") == {}  # a study's own: shown by an example that is commented out
    for section, values in defaults.items():
        optional = {
            "study": {"districts", "name"},
            "forecast": {"steps"},
            "optimise": {"least_share_local", "staff_per_year", "weights"},
        }.get(section, set())
        assert set(raw[section]) == set(values) - optional, section
    assert settings_from(raw) == Settings()


def test_all_mistakes_are_said_at_once_with_what_is_allowed():
    """A person mends the file once, not once per mistake."""
    raw = {
        "study": {"authority": 7, "snapshot": "yesterday"},
        "forecats": {},
        "forecast": {"runs": 1, "yeras": 5},
        "capacity": {"usable_share_home": 2},
        "disclosure": {"profile": "public"},
    }
    with pytest.raises(SettingsError) as caught:
        settings_from(raw)
    text = str(caught.value)
    for word in ("forecats", "study.authority", "study.snapshot", "forecast.yeras"):
        assert word in text
    assert caught.value.exit_code == 3


def test_values_out_of_range_are_said_together():
    """Ranges are checked when the file is otherwise sound."""
    with pytest.raises(SettingsError) as caught:
        settings_from(
            {"forecast": {"runs": 1}, "capacity": {"usable_share_home": 2}, "disclosure": {"profile": "public"}}
        )
    for word in ("forecast.runs", "capacity.usable_share_home", "shareable, internal"):
        assert word in str(caught.value)


def test_no_study_says_how_to_make_one(tmp_path):
    """The commonest first mistake: the wrong folder."""
    with pytest.raises(SettingsError, match="placements init"):
        read_settings(tmp_path / "study.toml")


@pytest.mark.parametrize(
    ("authority", "code"), [("Kent", "E10000016"), ("E09000022", "E09000022"), ("leeds city council", "E08000035")]
)
def test_init_makes_a_study_that_opens(tmp_path, authority, code):
    """By name or code, county, borough or city; the folders and templates are there."""
    init_study(tmp_path / "s", authority)
    study = open_study(tmp_path / "s")
    assert study.authority.code == code
    assert (study.data / "register" / "candidate_sites.csv").read_text().startswith("option_id,site_id,kind")
    assert (tmp_path / "s" / "targets.csv").exists()


@pytest.mark.parametrize(("authority", "level"), [("Surrey", "district"), ("Camden", "postcode_district")])
def test_an_authority_of_one_district_gets_smaller_planning_areas(tmp_path, authority, level):
    """One area would hide where in a borough the need is."""
    assert init_study(tmp_path / "s", authority).settings.areas.level == level


def test_init_makes_a_custom_area_of_districts(tmp_path):
    """Districts by name or code make an authority of one's own."""
    init_study(tmp_path, "West", districts=("Woking", "E07000209"), name="West")
    study = open_study(tmp_path)
    assert (study.authority.name, study.authority.districts) == ("West", ("E07000209", "E07000217"))


def test_init_never_writes_over_a_study(tmp_path):
    """A second call is refused and changes nothing."""
    init_study(tmp_path, "Kent")
    before = (tmp_path / "study.toml").read_text()
    with pytest.raises(UsageError, match="already"):
        init_study(tmp_path, "Leeds")
    assert (tmp_path / "study.toml").read_text() == before


def test_an_unknown_authority_suggests_the_nearest():
    """A slip of the pen gets the name that was meant."""
    with pytest.raises(UsageError, match="Surrey"):
        find_authority("Surry")


def test_steps_of_a_forecast_are_read_and_judged():
    """Each step is a table with a name and a day; what is wrong with any is said with its number."""
    step = {"name": "Edge of care", "from_date": dt.date(2026, 4, 1), "service": "care", "entry_rate_multiplier": 0.9}
    read = settings_from({"forecast": {"steps": [step]}}).forecast.steps
    assert [(one.name, one.service, one.entry_rate_multiplier, one.exit_rate_multiplier) for one in read] == [
        ("Edge of care", "care", 0.9, 1.0)
    ]
    with pytest.raises(SettingsError) as caught:
        settings_from({"forecast": {"steps": [{"service": "schools", "exit_rate_multiplier": 11}, {"colour": 1}]}})
    assert "forecast.steps 2.colour is not a setting" in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        settings_from({"forecast": {"steps": [{"service": "schools", "exit_rate_multiplier": 11}]}})
    for part in ("steps 1 has no name", "has no from_date", "'schools': care, education", "exit_rate_multiplier = 11"):
        assert part in str(caught.value)
