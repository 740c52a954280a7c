"""What there is: homes, carers' households and schools counted by area; special schools as public points."""

from __future__ import annotations

from typing import Final

import pandas as pd
import shapely

from placements import codes
from placements.analysis.capacity import capacity
from placements.analysis.gap import WANTED
from placements.maps import filters, style
from placements.maps.figures import count
from placements.maps.layer import SUPPLY, Layer, LegendItem, Table, frame
from placements.maps.scene import Scene, authority_label

#: Counted by area; homes and households are never points.
_COUNTED: Final = {
    "childrens_home": "Children's homes",
    "supported_accommodation": "Supported accommodation",
    "in_house_foster": "In-house foster households",
    "agency_foster": "Agency foster households",
    "residential_school": "Residential schools",
    "state_special": "State-funded special schools",
    "independent_special": "Independent special schools",
    "specialist_base": "SEN units and resourced provision",
}
#: Households are people: their counts are protected as children's are.
_HOUSEHOLDS: Final = ("in_house_foster", "agency_foster")
#: Sites that are counted one by one in the table that filters count from.
_SITES: Final = tuple(kind for kind in _COUNTED if kind not in _HOUSEHOLDS)
_DETAIL: Final = "provision_detail"
_SITE_FILTERS: Final = (filters.KIND, filters.SECTOR, filters.QUALITY, filters.SIZE)
_SCHOOLS: Final = {"state_special": "square", "independent_special": "diamond", "specialist_base": "triangle"}


def counts(scene: Scene) -> Layer:
    """Return homes, households and schools in the county by area: a circle as large as the number of providers."""
    table = capacity(scene.county.provision, by=["area", "provision"])["providers"].unstack(fill_value=0)
    kinds = [kind for kind in _COUNTED if kind in table.columns]
    table = table.reindex(columns=kinds).reindex(list(scene.areas["area"]), fill_value=0)
    texts = pd.DataFrame(
        {
            kind: [count(n, scene.profile).text if kind in _HOUSEHOLDS else f"{n:,.0f}" for n in table[kind]]
            for kind in kinds
        },
        index=table.index,
        dtype=object,
    )
    # The circle is of what is not protected, so that its size gives nothing away.
    public = [kind for kind in kinds if kind not in _HOUSEHOLDS]
    size = table[public].sum(axis=1)
    shapes, properties, rows = [], [], []
    for area, point in scene.area_points.items():
        name, number = scene.area_names.get(str(area), str(area)), int(size.get(area, 0))
        lines = [[_COUNTED[kind], str(texts.loc[area, kind])] for kind in kinds]
        rows.append((name, str(area), *(text for _, text in lines)))
        if number:
            shapes.append(point)
            properties.append(
                {
                    "area": str(area),
                    "label": name,
                    "rows": lines,
                    "marker": {"kind": "number", "size": round(11 + 2.2 * number**0.5), "text": str(number)},
                    "style": {},
                }
            )
    rows.sort()
    return Layer(
        key="provision_counts",
        name="Homes and schools, counted by area",
        group=SUPPLY,
        frame=frame(shapes, properties),
        legend=(LegendItem("Number of homes and schools in the area", "circle", style.HOME_COLOUR),),
        source="Ofsted list, GIAS and own registers",
        date=scene.date,
        table=Table(
            caption="Open homes, foster households and special provision in the county, by area",
            columns=("Area", *(_COUNTED[kind] for kind in kinds)),
            rows=tuple((name, *texts) for name, _, *texts in rows),
            marks=tuple({"area": area} for _, area, *_ in rows),
            notes=("Homes and carers are never shown as points. Counts of households of 1 to 5 are suppressed (c).",),
            numeric=tuple(range(1, len(kinds) + 1)),
        ),
        note="Foster households are in the pop-up and the table, not in the circle. Homes and carers are never points. "
        "Filters by kind, sector, judgement and size count the circle anew.",
        facets=_SITE_FILTERS,
        facet_table=_DETAIL,
    )


def detail(scene: Scene) -> Layer | None:
    """Return the table of homes and schools by area, kind, sector, judgement and size: what filters count from."""
    provision = scene.county.provision
    local = provision[
        provision["location"].eq(codes.IN_COUNTY) & provision["is_open"] & provision["provision"].isin(_SITES)
    ]
    local = local.assign(
        size=[filters.size_of(places) for places in local["registered_places"].astype(float)],
        quality=local["quality"].where(local["quality"].fillna("").ne(""), "not judged or not known"),
        known=local["registered_places"].astype(float),
    )
    keys = ["area", "provision", "sector", "quality", "size"]
    table = local.groupby(keys).agg(sites=("known", "size"), places=("known", "sum")).reset_index()
    table = table[table["area"].isin(scene.areas["area"])]
    if table.empty:
        return None
    names = scene.area_names
    records = sorted(
        table.to_dict("records"), key=lambda row: [names.get(row["area"], ""), *(row[k] for k in keys[1:])]
    )
    return Layer(
        key=_DETAIL,
        name="Homes and schools by kind, sector, judgement and size",
        group=SUPPLY,
        frame=frame([], []),
        legend=(LegendItem("A table: choose kind, sector, judgement or size to count by it", "key"),),
        source="Ofsted list, GIAS and own registers",
        date=scene.date,
        table=Table(
            caption="Open homes and special provision in the county, by area, kind, sector, judgement and size",
            columns=("Area", "Kind", "Sector", "Judgement", "Size", "Number", "Registered places"),
            rows=tuple(
                (
                    names.get(row["area"], row["area"]),
                    _COUNTED[row["provision"]],
                    codes.SECTOR.get(row["sector"], row["sector"]),
                    row["quality"],
                    row["size"],
                    f"{row['sites']:,}",
                    f"{row['places']:,.0f}",
                )
                for row in records
            ),
            notes=("Counted by area: no home is named or drawn. Foster households are left out.",),
            numeric=(5, 6),
            marks=tuple(
                {
                    "area": row["area"],
                    filters.KIND: WANTED.get(row["provision"], ""),
                    filters.SECTOR: row["sector"],
                    filters.QUALITY: row["quality"],
                    filters.SIZE: row["size"],
                    "count": str(row["sites"]),
                }
                for row in records
            ),
        ),
        drawn=False,
    )


def schools(scene: Scene) -> Layer:
    """Return special schools, SEN units and resourced provision in and around the county, from the public register."""
    provision = scene.county.provision
    near = provision["location"].eq(codes.IN_COUNTY) | provision["authority"].isin(sorted(scene.adjoining))
    wanted = (
        provision["provision"].isin(list(_SCHOOLS))
        & provision["is_open"]
        & ~provision["confidential"]
        & provision[["easting", "northing"]].notna().all(axis=1)
    )
    table = provision[near & wanted].sort_values(["name", "provider_id"], kind="stable")
    shapes, properties, rows, marks = [], [], [], []
    for row in table.to_dict("records"):
        kind = str(row["provision"])
        needs = [need for need in str(row["needs"] or "").split(";") if need in codes.NEED_GROUP_LABEL]
        takes = ", ".join(codes.NEED_GROUP_LABEL[need] for need in needs) or "any"
        sector = codes.SECTOR.get(str(row["sector"]), str(row["sector"]))
        marks.append(
            {
                filters.NEED: filters.JOINED_BY.join(needs) or filters.ANY,
                filters.KIND: WANTED[kind],
                filters.SECTOR: str(row["sector"]),
                filters.SIZE: filters.size_of(float(row["registered_places"])),
            }
        )
        places = "not known" if pd.isna(row["registered_places"]) else f"{row['registered_places']:,.0f}"
        inside = row["location"] == codes.IN_COUNTY
        where = scene.county.authority.name if inside else authority_label(str(row["authority"]))
        shapes.append(shapely.Point(round(row["easting"]), round(row["northing"])))
        properties.append(
            {
                "label": str(row["name"]),
                "facets": marks[-1],
                "rows": [
                    ["Type", codes.PROVISION[kind]],
                    ["Needs", takes],
                    ["Sector", sector],
                    ["Places (all children)", places],
                    ["Authority", where],
                ],
                "marker": {"kind": _SCHOOLS[kind], "size": 6 if inside else 4.5},
                "style": {
                    "color": style.PAPER if inside else style.SCHOOL_COLOUR,
                    "weight": 1.2,
                    "fillColor": style.SCHOOL_COLOUR if inside else style.PAPER,
                    "fillOpacity": 1,
                },
            }
        )
        rows.append((str(row["name"]), codes.PROVISION[kind], takes, sector, where, places))
    legend = [LegendItem(codes.PROVISION[kind], shape, style.SCHOOL_COLOUR) for kind, shape in _SCHOOLS.items()]  # type: ignore[arg-type]
    return Layer(
        key="schools",
        name="Special schools and SEN units",
        group=SUPPLY,
        frame=frame(shapes, properties),
        legend=(*legend, LegendItem("White inside: in an adjoining authority", "key")),
        source="GIAS (Get information about schools)",
        date=scene.date,
        table=Table(
            caption="Special schools, SEN units and resourced provision, in the county and adjoining authorities",
            columns=("School", "Type", "Needs", "Sector", "Authority", "Places (all children)"),
            rows=tuple(rows),
            notes=(
                "Public register. Places are for children of every authority; how many are ours is not shown here.",
            ),
            numeric=(5,),
            marks=tuple(marks),
        ),
        note="Public register: says nothing of who attends. Filter by need, kind, sector and size.",
        facets=(filters.NEED, filters.KIND, filters.SECTOR, filters.SIZE),
    )
