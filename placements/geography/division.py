"""How an authority is divided: the planning area of each of its postcodes, and so of every child and place in it.

One rule at every level. Whether a row is inside is decided by its district; which area it is in by its postcode, as
the authority's postcodes are divided; a postcode that is not among them, but whose point is known, belongs to the area
of the nearest that is; a first half alone to an area only when all of its postcodes are in that one. `outside` and
`unknown` are areas too, so that every child has one and no total loses a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from placements import schemas
from placements.geography.adjoining import GAP_M, neighbours
from placements.geography.authorities import Authority
from placements.geography.boundaries import area_of
from placements.geography.merging import joined_names, merge_small
from placements.geography.postcode_keys import keys_of
from placements.geography.postcode_status import tidied
from placements.geography.postcodes import PostcodeDirectory

#: A postcode of which only the first half is known.
OUTWARD: Final = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
#: The rows that are no place on the map, last in every table.
NO_PLACE: Final = {schemas.AREA_OUTSIDE: "Outside the authority", schemas.AREA_UNKNOWN: "Not known"}


@dataclass(frozen=True, eq=False)
class Division:
    """An authority divided into planning areas. Made by `areas.divide`.

    Attributes
    ----------
    authority : Authority
    level : str
        One of `settings.AREA_LEVELS`.
    postcodes : DataFrame
        `postcode, easting, northing, area` of each postcode of the authority, before joining; `unknown` is the area of
        one that lies in no polygon of a layer nor near one.
    names : mapping of str to str
        Name of each area before joining, in order.
    shapes : GeoDataFrame, optional
        `code, geometry` of areas that come with shapes of their own: hexagons and layers.
    file : str
        The layer's file, if there is one.
    nearest, nowhere : int
        Postcodes of the authority that lie in no polygon of the layer: those that took the nearest, and the rest.
    joined : mapping of str to str
        The joined area of each area; empty when none are joined.
    """

    authority: Authority
    level: str
    postcodes: pd.DataFrame = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    shapes: gpd.GeoDataFrame | None = field(default=None, repr=False)
    file: str = ""
    nearest: int = 0
    nowhere: int = 0
    joined: Mapping[str, str] = field(default_factory=dict, repr=False)

    def table(self) -> pd.DataFrame:
        """Return the planning areas.

        Returns
        -------
        DataFrame
            `area, name, easting, northing` (`schemas.AREAS`): the median of its postcodes' points, which lies where
            people live rather than in the middle of a heath; then `outside` and `unknown`, with none.
        """
        middle = _centres(self._placed.assign(area=self.relabel(self._placed["area"])))
        names = joined_names(self.joined, self.names) if self.joined else self.names
        middle = middle.reindex(list(names)).rename_axis("area").reset_index()
        middle["name"] = middle["area"].map(names).astype("str")
        middle["area"] = middle["area"].astype("str")
        rest = pd.DataFrame(
            {"area": list(NO_PLACE), "name": list(NO_PLACE.values()), "easting": np.nan, "northing": np.nan}
        )
        return schemas.check(schemas.AREAS, pd.concat([middle, rest], ignore_index=True))

    def assign(self, located: pd.DataFrame, prefix: str = "home_") -> pd.Series:
        """Return the planning area of each row of a located frame.

        Parameters
        ----------
        located : DataFrame
            `district` (code, NaN when unknown), `postcode`, `easting` and `northing`, each with the prefix.
        prefix : str
            Which place: `home_`, `placement_`, or nothing.

        Returns
        -------
        Series of str, named ``area``
            Index-aligned: an area; ``"outside"`` when the district is known and not in the authority; ``"unknown"``
            when it is not known, or when it is not known where in the authority the place is.
        """
        code = located[f"{prefix}district"].astype("str")
        inside = code.isin(self.authority.districts).to_numpy(bool)
        area = np.where(code.isna(), schemas.AREA_UNKNOWN, schemas.AREA_OUTSIDE).astype(object)
        if self.level == "district":
            area[inside] = code[inside]
        else:
            area[inside] = self._areas_inside(located[inside], prefix)
        return self.relabel(pd.Series(area, index=located.index, name="area", dtype="str"))

    def at(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """Return the area of points of the authority (metres): that of its nearest postcode."""
        xy = np.column_stack([np.asarray(easting, float), np.asarray(northing, float)])
        return self.relabel(pd.Series(self._nearest(xy), dtype="str")).to_numpy(object)

    def relabel(self, area: pd.Series) -> pd.Series:
        """Return the joined area of each area; the areas themselves where none are joined."""
        return area.map(lambda item: self.joined.get(item, item)).astype("str") if self.joined else area

    def join(self, counts: pd.DataFrame, minimum: int, directory: PostcodeDirectory) -> Division:
        """Return the division with small areas joined (`merging.merge_small`).

        Parameters
        ----------
        counts : DataFrame
            Children by area, a column for each service.
        minimum : int
            The fewest children of each service that an area may have; 0 leaves the division as it is.
        directory : PostcodeDirectory
        """
        if minimum <= 0 or counts.empty:
            return self
        centres = _centres(self._placed).reindex(list(self.names)).rename_axis("area").reset_index()
        return replace(self, joined=merge_small(centres, counts, self._neighbours(directory), minimum))

    def about(self) -> dict[str, Any]:
        """Return what the manifest says of the division: level, areas, what was joined, postcodes in no polygon."""
        several = {area: label for area, label in self.joined.items() if area != label}
        layer = {
            "file": self.file,
            "postcodes_in_no_area_taken_to_the_nearest": self.nearest,
            "postcodes_in_no_area": self.nowhere,
        }
        return {"level": self.level, "areas": len(set(self.joined.values()) or self.names), "joined": several} | (
            layer if self.file else {}
        )

    @cached_property
    def _placed(self) -> pd.DataFrame:
        return self.postcodes[self.postcodes["area"].ne(schemas.AREA_UNKNOWN)]

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._placed[["easting", "northing"]].to_numpy(float))

    @cached_property
    def _by_key(self) -> pd.Series:
        keys = keys_of(self.postcodes["postcode"])
        return pd.Series(self.postcodes["area"].to_numpy(object), index=pd.Index(keys), dtype="str")

    @cached_property
    def _by_half(self) -> dict[str, str]:
        """Return the area of each first half of a postcode whose every postcode in the authority is in one area."""
        half = self.postcodes["postcode"].str[:-3].str.rstrip()
        areas = self.postcodes.groupby(half)["area"].agg(["nunique", "first"])
        return {str(name): str(area) for name, area in areas.loc[areas["nunique"].eq(1), "first"].items()}

    def _nearest(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
        if not len(self._placed):
            return np.full(len(xy), schemas.AREA_UNKNOWN, object)
        return np.asarray(self._placed["area"].to_numpy(object)[self._tree.query(xy)[1]])

    def _areas_inside(self, rows: pd.DataFrame, prefix: str) -> npt.NDArray[np.object_]:
        """Return the area, before joining, of rows in the authority."""
        row, texts = pd.factorize(rows[f"{prefix}postcode"].astype("str").fillna(""))
        cleaned = tidied(pd.Series(texts, dtype="str"))
        by_text = self._by_key.reindex(keys_of(cleaned)).set_axis(cleaned.index)
        if self.level in ("postcode_district", "postcode_sector"):
            # A postcode without a point still says which sector it is in.
            spaced = pd.DataFrame({"postcode": cleaned.str[:-3] + " " + cleaned.str[-3:]})
            said = area_of(spaced, self.level)
            by_text = by_text.fillna(said.where(said.isin(list(self.names))))
        half = cleaned.str.fullmatch(OUTWARD).to_numpy(bool)
        by_text = by_text.fillna(cleaned.where(half).map(self._by_half).astype("str"))
        found = by_text.to_numpy(object)[row]
        xy = rows[[f"{prefix}easting", f"{prefix}northing"]].to_numpy(float)
        # The point of a first half stands for all its postcodes: near it is not where the child lives.
        near = pd.isna(found) & np.isfinite(xy).all(axis=1) & ~half[row]
        found[near] = self._nearest(xy[near])
        return np.where(pd.isna(found), schemas.AREA_UNKNOWN, found)

    def _neighbours(self, directory: PostcodeDirectory) -> pd.DataFrame:
        west, south = self._placed[["easting", "northing"]].min() - 2 * GAP_M
        east, north = self._placed[["easting", "northing"]].max() + 2 * GAP_M
        around = directory.points_within(west, south, east, north)
        around = around[~around["district"].isin(self.authority.districts)].assign(label="")
        own = self._placed.rename(columns={"area": "label"})
        found = neighbours(pd.concat([own, around])[["easting", "northing", "label"]])
        return found[found["label"].ne("") & found["adjoining"].ne("")]


def _centres(postcodes: pd.DataFrame) -> pd.DataFrame:
    return postcodes.groupby("area", sort=True)[["easting", "northing"]].median().round()
