"""What does the map say of the postcodes and authorities that the tables name? Facts that cross-table rules ask for."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from placements.geography.authorities import authorities_named, authority_of
from placements.geography.postcodes import PostcodeDirectory
from placements.read.tables import SourceTables
from placements.validate import Evidence


def located_evidence(
    tables: SourceTables, snapshot: dt.date, directory: PostcodeDirectory, occupied_by_us: pd.Series | None = None
) -> Evidence:
    """Return the tables as evidence, with every distinct postcode and authority's name looked up once.

    Parameters
    ----------
    tables : SourceTables
    snapshot : date
    directory : PostcodeDirectory
    occupied_by_us : Series, optional
        Our children on the snapshot day, by `provider_id`.
    """
    postcodes = _distinct(
        tables.episodes["home_postcode"],
        tables.episodes["placement_postcode"],
        tables.plans["home_postcode"],
        tables.provision["postcode"],
    )
    found = directory.lookup(postcodes)
    names = _distinct(
        tables.provision["authority_name"],
        tables.commissioning["placing_authority"],
        tables.commissioning["host_authority"],
    )
    return Evidence(
        tables=tables,
        snapshot=pd.Timestamp(snapshot),
        postcode_status=found["status"].astype("str").set_axis(postcodes),
        postcode_authority=authority_of(found["district"], snapshot).set_axis(postcodes),
        authority_code=authorities_named(names, snapshot).set_axis(names.to_numpy()),
        occupied_by_us=occupied_by_us,
    )


def _distinct(*columns: pd.Series) -> pd.Series:
    texts: pd.Series = pd.concat([pd.Series(column.fillna("").unique(), dtype="str") for column in columns])
    return texts.drop_duplicates(ignore_index=True)
