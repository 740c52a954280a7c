"""What must no shareable output of a county show?"""

from __future__ import annotations

import pandas as pd

from placements.county import County
from placements.disclosure.scan import Secrets, secrets_of
from placements.geography.postcodes import clean_postcodes


def county_secrets(county: County) -> Secrets:
    """Return what no shareable output of this county may show.

    Postcodes of schools are public, and those of candidate sites are the authority's own proposals.
    """
    schools = county.provision.loc[~county.provision["confidential"], "postcode"]
    return secrets_of(county.placements, frozenset(clean_postcodes(pd.concat([schools, county.options["postcode"]]))))
