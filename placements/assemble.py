"""From tables as read to a located `County`: who is placed where, in what, and what provision there is."""

from __future__ import annotations

import datetime as dt
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.analysis.capacity import occupied_by_us
from placements.analysis.cost import assumed_weekly_cost
from placements.analysis.snapshot import in_force, stock
from placements.commissioning import placed
from placements.county import County
from placements.frames import look_up
from placements.geography.areas import Division, divide
from placements.geography.authorities import CUSTOM, Authority, authorities_named, authority_of
from placements.geography.evidence import located_evidence
from placements.geography.locate import judged_by, locate
from placements.geography.postcodes import PostcodeDirectory, clean_postcodes
from placements.read.gias import BASE_SUFFIX
from placements.read.gias_links import standing_for
from placements.read.tables import SourceTables
from placements.school_transport import by_child
from placements.settings import CapacitySettings, Settings
from placements.spells import placement_spells
from placements.validate import check_rules

_FOSTER: Final = ("in_house_foster", "agency_foster")
_AGENCIES: Final = (*_FOSTER, "adoption")
#: What a placement in education takes from its school.
_OF_SCHOOL: Final = ("provision", "sector", "postcode", "establishment_type")
#: RNE codes of a placement that changed while the carers stayed.
_SAME_CARER: Final = ("T", "U")


def assemble(
    tables: SourceTables,
    settings: Settings,
    authority: Authority,
    directory: PostcodeDirectory,
    layer: gpd.GeoDataFrame | None = None,
) -> County:
    """Join, locate and check the tables of a study; `layer` is the one that planning areas of level `layer` come from.

    Raises
    ------
    DataError
        When a joined table breaks its declared schema.
    """
    placements = pd.concat([_care(tables, settings.study.snapshot), _education(tables)], ignore_index=True)
    placements = locate(placements, authority, directory, far_miles=settings.thresholds.far_miles)
    division = _division(placements, settings, authority, directory, layer)
    placements["home_area"] = division.assign(placements)
    placements = _with_household(placements, tables.provision)
    placements = placements.assign(**_weekly_cost(placements, placements.pop("census_cost_gbp"), tables))
    placements = schemas.check(schemas.PLACEMENTS, placements)
    provision = _provision(tables, placements, settings, division, directory)
    ours = provision.set_index("provider_id")["occupied_by_us"]
    return County(
        settings=settings,
        authority=authority,
        placements=placements,
        provision=provision,
        unit_costs=tables.unit_costs,
        options=_options(tables.options, directory),
        siblings=tables.siblings,
        areas=division.table(),
        division=division,
        quarantine=tables.quarantine,
        files=tables.files,
        checks=check_rules(located_evidence(tables, settings.study.snapshot, directory, ours)),
        postcode_source=directory.source,
        transport=by_child(tables.school_transport, tables.plans, _shared_ids(tables.plans, tables.children)),
    )


def _division(
    placements: pd.DataFrame,
    settings: Settings,
    authority: Authority,
    directory: PostcodeDirectory,
    layer: gpd.GeoDataFrame | None,
) -> Division:
    """Return the planning areas, small ones joined by the children whose home is in them on the snapshot day."""
    division = divide(authority, settings.areas, directory, layer)
    minimum = settings.areas.minimum_children
    if not minimum:
        return division
    now = stock(placements.assign(home_area=division.assign(placements)), settings.study.snapshot)
    counts = pd.crosstab(now["home_area"], now["service"])
    counts = counts[counts.index.isin(list(division.names))]
    # No division makes a service publishable that has too few children in the whole authority: the other decides.
    enough = counts.loc[:, counts.sum() >= minimum]
    return division.join(counts if enough.empty else enough, minimum, directory)


def _care(tables: SourceTables, on: dt.date) -> pd.DataFrame:
    spells = placement_spells(_closed(tables.episodes))
    children = tables.children.set_index("child_id")
    sector = spells["sector"]
    # Fostering without a stated provider is counted with the agencies, as DfE's "own provision" needs PR1.
    family = [codes.care_provision(place, by) for place, by in zip(spells["place_code"], sector, strict=True)]
    provision = pd.Series(family, index=spells.index, dtype="str")
    census = placed(tables.commissioning, spells.assign(provision=provision), on)
    uasc = spells["child_id"].isin(children.index[children["uasc"]]).astype(bool)
    return pd.DataFrame(
        {
            "placement_id": "C" + spells["child_id"] + "-" + spells["start"].dt.strftime("%Y%m%d"),
            "child_id": spells["child_id"],
            "service": codes.CARE,
            "start": spells["start"],
            "end": spells["end"],
            "rank": 1,
            "provision": provision,
            "place_code": spells["place_code"],
            "sector": sector,
            "provider_id": spells["provider_id"],
            "need": spells["need"],
            "need_group": spells["need"].map(codes.NEED_GROUP).where(~uasc, "unaccompanied"),
            "birth_date": look_up(spells["child_id"], children["birth_date"]),
            "sex": look_up(spells["child_id"], children["sex"]).fillna("U"),
            "uasc": uasc,
            "legal_status": spells["legal_status"],
            "legal_status_at_start": spells["legal_status_at_start"],
            "starts_care": spells["start_reason"].eq("S"),
            "same_carer": spells["start_reason"].isin(_SAME_CARER),
            "end_reason": spells["end_reason"],
            "change_reason": spells["change_reason"],
            "plan_start": pd.NaT,
            "plan_end": pd.NaT,
            "residential": spells["place_code"].eq("S1"),
            "residential_weeks": "",
            "establishment_type": "",
            "home_postcode": spells["home_postcode"],
            "placement_postcode": spells["placement_postcode"],
            "reason_at_distance": census["reason_at_distance"],
            "census_cost_gbp": census["weekly_cost_gbp"],
            "source": spells["source"],
        }
    )


def _closed(episodes: pd.DataFrame) -> pd.DataFrame:
    """Return the episodes with those that a later return no longer lists ended with their own return's year.

    Each return lists every open episode, so a child who is not in the latest one is not looked after: when they left
    was not recorded (rule E11 counts them).
    """
    if episodes.empty:
        return episodes
    stale = episodes["end"].isna() & (episodes["return_year"] < episodes["return_year"].max())
    year_end = pd.to_datetime(episodes["return_year"].astype("str") + "-03-31").astype("datetime64[us]")
    return episodes.assign(
        end=episodes["end"].mask(stale, year_end.where(year_end > episodes["start"], episodes["start"]))
    )


def _education(tables: SourceTables) -> pd.DataFrame:
    """Return one row per setting of each plan; a plan with no setting has one row, setting not known."""
    plans = tables.plans.rename(columns={"start": "plan_start", "end": "plan_end", "source": "plan_source"})
    places = pd.concat([tables.education_placements, _between_places(tables)], ignore_index=True)
    rows = plans.merge(places, on="person_id", how="left")
    unplaced = rows["source"].isna()
    rows["rank"] = rows["rank"].fillna(1).astype(int)
    rows["start"] = rows["start"].where(~unplaced, rows["plan_start"])
    rows["end"] = pd.concat([rows["end"], rows["plan_end"]], axis=1).min(axis=1)
    flags = {name: rows[name].fillna(False).astype(bool) for name in ("sen_unit", "resourced_provision")}
    urn = _attended(rows, tables)
    # The flag is set at schools without a base too (rule S21): the child is then at the school itself.
    base_is_known = (urn + BASE_SUFFIX).isin(tables.provision["provider_id"])
    in_base = (flags["sen_unit"] | flags["resourced_provision"]) & urn.ne("") & base_is_known
    provider_id = urn.where(~in_base, urn + BASE_SUFFIX)
    schools = tables.provision[tables.provision["service"].eq(codes.EDUCATION)].set_index("provider_id")
    by_urn = pd.DataFrame({name: look_up(urn, schools[name]) for name in _OF_SCHOOL})
    unknown = pd.Series(
        np.where(rows["setting"].fillna("").ne("") & urn.eq(""), "other_education", "education_unknown"),
        index=rows.index,
    )
    family = by_urn["provision"].fillna(unknown).mask(in_base, "specialist_base")
    number = rows.groupby("person_id").cumcount() + 1
    return pd.DataFrame(
        {
            "placement_id": "E" + rows["person_id"] + "-" + number.astype("str"),
            "child_id": _shared_ids(rows, tables.children),
            "service": codes.EDUCATION,
            "start": rows["start"],
            "end": rows["end"],
            "rank": rows["rank"],
            "provision": family.astype("str"),
            "place_code": rows["setting"],
            "sector": by_urn["sector"].fillna("unknown"),
            "provider_id": provider_id,
            "need": rows["need"],
            "need_group": rows["need"].map(codes.NEED_GROUP),
            "birth_date": rows["birth_date"],
            "sex": rows["sex"],
            "uasc": False,
            "legal_status": "",
            "legal_status_at_start": "",
            "starts_care": False,
            "same_carer": False,
            "end_reason": "",
            "change_reason": "",
            "plan_start": rows["plan_start"],
            "plan_end": rows["plan_end"],
            "residential": rows["residential_weeks"].fillna("").ne(""),
            "residential_weeks": rows["residential_weeks"].fillna(""),
            "establishment_type": by_urn["establishment_type"].fillna(""),
            "home_postcode": rows["home_postcode"],
            "placement_postcode": by_urn["postcode"],
            "reason_at_distance": "",
            "source": rows["source"].fillna(rows["plan_source"]),
        }
    )


def _attended(rows: pd.DataFrame, tables: SourceTables) -> pd.Series:
    """Return the school of each setting: by its UKPRN where the URN is missing, and by its successor where it is gone.

    Of several schools with one UKPRN an open one is meant. A URN that is in no register, nor is any successor, stays.
    """
    providers = tables.provision
    schools = providers[providers["service"].eq(codes.EDUCATION) & ~providers["provider_id"].str.endswith(BASE_SUFFIX)]
    numbered = schools[schools["ukprn"].fillna("").ne("")]
    open_first = numbered.sort_values("is_open", ascending=False, kind="stable").drop_duplicates("ukprn")
    urn = rows["provider_id"].fillna("")
    by_ukprn = look_up(rows["ukprn"].fillna(""), open_first.set_index("ukprn")["provider_id"])
    urn = urn.mask(urn.eq(""), by_ukprn).fillna("")
    successor = look_up(urn, standing_for(tables.school_links, schools["provider_id"]))
    return successor.fillna(urn).astype("str")


def _between_places(tables: SourceTables) -> pd.DataFrame:
    """Return a row, setting not known, from the day the last place of a plan ended, while the plan goes on.

    So a plan stays in force though the school its child left is the last that was recorded.
    """
    held = tables.education_placements
    last = (
        held.assign(end=held["end"].fillna(pd.Timestamp.max.floor("D").as_unit("us"))).groupby("person_id")["end"].max()
    )
    plans = tables.plans.assign(left=look_up(tables.plans["person_id"], last))
    open_end = plans["end"].fillna(pd.Timestamp("2200-01-01"))
    gone = plans[plans["left"].notna() & (plans["left"] < pd.Timestamp("2200-01-01")) & (plans["left"] < open_end)]
    return pd.DataFrame(
        {
            "person_id": gone["person_id"],
            "rank": 1,
            "provider_id": "",
            "ukprn": "",
            "setting": "",
            "sen_unit": False,
            "resourced_provision": False,
            "residential_weeks": "",
            "start": gone["left"],
            "end": gone["end"],
            "source": gone["source"],
        }
    )


def _shared_ids(plans: pd.DataFrame, children: pd.DataFrame) -> pd.Series:
    """Return the care child's id where a pupil number stands once on either side and matches, else the plan's own."""
    known = children[children["upn"].fillna("").str.fullmatch(r"[A-Z]\d{11}[\dA-Z]")]
    once = known.drop_duplicates("upn", keep=False).set_index("upn")["child_id"]
    people = plans.drop_duplicates("person_id")
    shared = set(people.loc[people["upn"].duplicated(keep=False), "upn"])
    matched = look_up(plans["upn"].where(~plans["upn"].isin(shared)), once)
    return matched.fillna("plan:" + plans["person_id"]).astype("str")


def _with_household(placements: pd.DataFrame, provision: pd.DataFrame) -> pd.DataFrame:
    """Give each in-house foster placement the household at its postcode: the URN on it is the whole service's."""
    own = provision[
        provision["provision"].eq("in_house_foster") & provision["provider_id"].str.startswith("household:")
    ]
    keyed = own.assign(key=clean_postcodes(own["postcode"]))
    # No postcode is no place: a household without one is nobody's carer rather than every such placement's.
    by_postcode = keyed[keyed["key"].ne("")].drop_duplicates("key").set_index("key")["provider_id"]
    fostered = placements["provision"].isin(_FOSTER)
    matched = look_up(clean_postcodes(placements["placement_postcode"]), by_postcode)
    carers = matched.where(placements["provision"].eq("in_house_foster"))
    return placements.assign(provider_id=placements["provider_id"].where(~fostered, carers))


def _weekly_cost(placements: pd.DataFrame, census: pd.Series, tables: SourceTables) -> dict[str, pd.Series]:
    """Return `weekly_cost_gbp` and its `cost_basis`.

    It is what the census says of the placement, else its provider's cost, else the assumed cost of the kind.
    """
    of_provider = tables.provider_use.set_index("provider_id")["weekly_cost_gbp"]
    costs = {
        "recorded": census.astype(float),
        "provider": look_up(placements["provider_id"], of_provider).astype(float),
        "assumed": assumed_weekly_cost(placements, tables.unit_costs),
    }
    table = pd.DataFrame(costs)
    basis = np.select([table[name].notna() for name in costs], list(costs), codes.UNKNOWN)
    return {
        "weekly_cost_gbp": table.bfill(axis=1).iloc[:, 0],
        "cost_basis": pd.Series(basis, index=placements.index, dtype="str"),
    }


def _provision(
    tables: SourceTables,
    placements: pd.DataFrame,
    settings: Settings,
    division: Division,
    directory: PostcodeDirectory,
) -> pd.DataFrame:
    authority = division.authority
    on = settings.study.snapshot
    registered = tables.provision
    frame = pd.concat([registered, _carers_not_registered(placements, settings, division)], ignore_index=True)
    # A carers' row made from placements has its place already; the others are found by their postcode.
    found = directory.lookup(frame["postcode"])
    for name in ("district", "easting", "northing"):
        frame[name] = found[name].fillna(frame[name])
    # Where an address is withheld or not found, the authority that the source names is all that is known of the place.
    named = authorities_named(frame["authority_name"].where(frame["district"].isna()), authority.on)
    frame["authority"] = authority_of(frame["district"], authority.on).fillna(named)
    # A custom set of districts may be a part of the authority named: in or out is then not known.
    known = frame["district"].notna() | (named.notna() & (authority.code != CUSTOM))
    by_name = np.select([named.eq(authority.code), known], [codes.IN_COUNTY, codes.OUT_OF_COUNTY], codes.UNKNOWN)
    by_district = judged_by(frame["district"], authority)["location"]
    frame["location"] = by_district.where(frame["district"].notna(), pd.Series(by_name, frame.index)).astype("str")
    frame["area"] = frame["area"].fillna(division.assign(frame, prefix=""))
    elsewhere = frame["sector"].eq("own") & frame["location"].eq(codes.OUT_OF_COUNTY)
    frame["sector"] = frame["sector"].mask(elsewhere, "other_authority")
    used = look_up(frame["provider_id"], occupied_by_us(placements, on)).fillna(0).astype(float)
    # An agency's or service's own number stands on its carers' placements: its office holds nobody.
    used = used.mask(frame["provision"].isin(_AGENCIES) & frame["registered_places"].isna(), 0.0)
    use = frame[["provider_id"]].merge(tables.provider_use, on="provider_id", how="left")
    frame["usable_places"] = use["usable_places"].fillna(
        frame["registered_places"] * _usable_share(frame, settings.capacity)
    )
    # Where commissioning holds no figure, everyone on a school's roll who is not ours is another's.
    others = use["occupied_by_others"].fillna((frame["on_roll"] - used).clip(lower=0))
    frame["occupied_by_others"], frame["others_recorded"] = others.fillna(0.0), others.notna()
    made = frame["provider_id"].str.startswith("carers:")
    frame["occupied_by_us"] = used.mask(made, frame["usable_places"].where(~made, frame["registered_places"]))
    frame["usable_places"] = frame["usable_places"].mask(made, frame["registered_places"])
    frame["share_for_us"] = _share_for_us(frame, settings.capacity)
    frame["weekly_cost_gbp"] = use["weekly_cost_gbp"].fillna(assumed_weekly_cost(frame, tables.unit_costs))
    return schemas.check(schemas.PROVISION, frame)


def _carers_not_registered(placements: pd.DataFrame, settings: Settings, division: Division) -> pd.DataFrame:
    """Return one row per area and kind of fostering for carers in no register (agencies'), with the places we hold.

    An agency's office says nothing about where its carers live, so the only local agency places that are known are
    those where our children live today.
    """
    now = placements[
        in_force(placements, settings.study.snapshot)
        & placements["provision"].isin(_FOSTER)
        & placements["provider_id"].isna()
        & placements["location"].eq(codes.IN_COUNTY)
        & ~placements["legal_status"].isin(codes.SHORT_BREAKS)
    ]
    area = division.assign(now, prefix="placement_")
    rows = (
        now.assign(area=area)
        .groupby(["area", "provision"])
        .agg(
            district=("placement_district", "first"),
            registered_places=("child_id", "nunique"),
            easting=("placement_easting", "median"),
            northing=("placement_northing", "median"),
        )
        .reset_index()
    )
    return pd.DataFrame(
        {
            "provider_id": "carers:" + rows["provision"] + ":" + rows["area"],
            "name": "",
            "service": codes.CARE,
            "provision": rows["provision"],
            "sector": np.where(rows["provision"].eq("in_house_foster"), "own", "private"),
            "owner": "",
            "postcode": "",
            "registered_places": rows["registered_places"].astype(float),
            "needs": "",
            "age_low": 0.0,
            "age_high": 17.0,
            "sex": "any",
            "quality": "",
            "is_open": True,
            "confidential": True,
            "source": "derived from placements",
            "district": rows["district"],
            "easting": rows["easting"],
            "northing": rows["northing"],
            "area": rows["area"],
        }
    )


def _options(options: pd.DataFrame, directory: PostcodeDirectory) -> pd.DataFrame:
    """Return the options with the district of each one's postcode, where it has one that is known."""
    found = directory.lookup(options["postcode"])["district"]
    return schemas.check(schemas.OPTIONS, options.assign(district=found.fillna(options["district"])))


def _usable_share(frame: pd.DataFrame, capacity: CapacitySettings) -> pd.Series:
    share = np.select(
        [frame["service"].eq(codes.EDUCATION), frame["provision"].isin(_FOSTER)],
        [capacity.usable_share_school, capacity.usable_share_foster],
        capacity.usable_share_home,
    )
    return pd.Series(share, index=frame.index)


def _share_for_us(frame: pd.DataFrame, capacity: CapacitySettings) -> pd.Series:
    ours = frame["sector"].eq("own") & frame["location"].eq(codes.IN_COUNTY)
    share = np.select(
        [frame["service"].eq(codes.EDUCATION), ours],
        [capacity.share_for_us_school, capacity.share_for_us_own],
        capacity.share_for_us_private,
    )
    return pd.Series(share, index=frame.index)
