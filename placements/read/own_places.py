"""What the authority knows of its own homes and SEN units, laid over what Ofsted and GIAS say: its word wins."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes, schemas
from placements.read.gias import BASE_SUFFIX

#: A text that a register leaves blank, so that what others say stands.
NOT_SAID: Final = ""
#: Columns of the table of own places: blank text and missing numbers are not said.
OWN_PLACES: Final = (
    *("provider_id", "name", "service", "provision", "postcode", "registered_places", "on_roll", "needs"),
    *("age_low", "age_high", "sex", "source"),
)
_SAID: Final = tuple(name for name in OWN_PLACES if name not in ("provider_id", "service", "source"))


def with_own_places(provision: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Return provision completed, cell by cell, by what the authority's own registers say.

    A place that no other source has is added: a SEN unit takes from its school, if that is known, where it is and whom
    it belongs to; a home counts as the authority's own.

    Parameters
    ----------
    provision : DataFrame
        `schemas.PROVISION_AS_READ`, each provider once.
    own : DataFrame
        `OWN_PLACES`, each provider once.
    """
    if own.empty:
        return provision
    new = own[~own["provider_id"].isin(provision["provider_id"])]
    every = pd.concat([provision, _started(provision, new)], ignore_index=True)
    said = own.set_index("provider_id").reindex(every["provider_id"]).set_axis(every.index)
    for column in _SAID:
        filled = said[column].notna() & said[column].ne(NOT_SAID)
        every[column] = said[column].where(filled, every[column])
    both = every["source"] + " + " + said["source"].fillna("")
    own_row = every["provider_id"].isin(own["provider_id"]) & every["source"].ne(said["source"].fillna(""))
    every["source"] = every["source"].mask(own_row, both)
    return schemas.check(schemas.PROVISION_AS_READ, every)


def _started(provision: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each new place: that of a unit's school, or the plainest there is."""
    urn = new["provider_id"].str.removesuffix(BASE_SUFFIX)
    schools = provision[provision["service"].eq(codes.EDUCATION)].set_index("provider_id")
    of_school = schools.reindex(urn).set_axis(new.index)
    known = new["service"].eq(codes.EDUCATION) & of_school["name"].notna()
    plain = pd.DataFrame(
        {
            "name": "",
            "sector": "own",
            "owner": "",
            "postcode": "",
            "age_low": float("nan"),
            "age_high": float("nan"),
            "sex": "any",
            "quality": "",
            "is_open": True,
            "confidential": new["service"].eq(codes.CARE),
            "ukprn": "",
            "authority_name": "",
            "opened_on": pd.NaT,
            "closed_on": pd.NaT,
            "section_41": pd.NA,
            "boards": pd.NA,
            "establishment_type": "",
        },
        index=new.index,
    )
    rows = plain.where(~known, of_school[list(plain.columns)])
    rows = rows.assign(
        provider_id=new["provider_id"],
        service=new["service"],
        provision=new["provision"],
        registered_places=float("nan"),
        needs=NOT_SAID,
        on_roll=float("nan"),
        source=new["source"],
    )
    return schemas.check(schemas.PROVISION_AS_READ, rows[list(schemas.PROVISION_AS_READ.columns)])
