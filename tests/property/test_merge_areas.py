"""What must hold of joining small areas, whatever they are: enough children, in one piece, nobody lost, one answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from placements.geography.merging import joined_names, merge_small

World = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@st.composite
def worlds(draw: st.DrawFn, connected: bool = False) -> World:
    """Return areas with centres, counts of one or two services, and who adjoins whom, with the border's length."""
    number = draw(st.integers(1, 12))
    names = [f"A{index:02d}" for index in range(number)]
    place = st.integers(0, 50)
    areas = pd.DataFrame({"area": names, "easting": 0.0, "northing": 0.0})
    areas["easting"] = draw(st.lists(place, min_size=number, max_size=number))
    areas["northing"] = draw(st.lists(place, min_size=number, max_size=number))
    children = st.lists(st.integers(0, 9), min_size=number, max_size=number)
    services = draw(st.integers(1, 2))
    counts = pd.DataFrame({f"s{index}": draw(children) for index in range(services)}, index=names)
    counts = counts[draw(st.lists(st.booleans(), min_size=number, max_size=number))] if not connected else counts
    pairs = {(names[draw(st.integers(0, i - 1))], names[i]) for i in range(1, number)} if connected else set()
    every = [(one, other) for i, one in enumerate(names) for other in names[i + 1 :]]
    pairs |= set(draw(st.lists(st.sampled_from(every), max_size=15))) if every else set()
    rows = [(one, other, draw(st.integers(1, 5))) for one, other in sorted(pairs)]
    rows += [(other, one, edges) for one, other, edges in rows]
    return areas, counts, pd.DataFrame(rows, columns=["label", "adjoining", "shared_edges"])


minimums = st.integers(0, 25)


def _pieces(members: set[str], neighbours: pd.DataFrame) -> int:
    """Return how many pieces areas are in, by the borders among them."""
    among = neighbours[neighbours["label"].isin(members) & neighbours["adjoining"].isin(members)]
    index = pd.Index(sorted(members))
    ends = index.get_indexer(among["label"]), index.get_indexer(among["adjoining"])
    graph = coo_array((np.ones(len(among)), ends), shape=(len(index), len(index)))
    return int(connected_components(graph, directed=False)[0])


@settings(deadline=None)
@given(worlds(), minimums)
def test_each_reaches_the_minimum_or_is_all_there_is(world: World, minimum: int) -> None:
    """In every service, with an area that has no row counted as having none; and no child is lost or counted twice."""
    areas, counts, neighbours = world
    merged = pd.Series(merge_small(areas, counts, neighbours, minimum))
    assert sorted(merged.index) == sorted(areas["area"])
    children = counts.reindex(merged.index).fillna(0)
    sums = children.groupby(merged).sum()
    assert len(sums) == 1 or (sums >= minimum).all(axis=None)
    assert sums.sum().equals(children.sum())


@settings(deadline=None)
@given(worlds(connected=True), minimums)
def test_joined_areas_are_in_one_piece(world: World, minimum: int) -> None:
    """Where areas are joined up, each joined area is connected (oracle: SciPy's components)."""
    areas, counts, neighbours = world
    assert _pieces(set(areas["area"]), neighbours) == 1
    merged = pd.Series(merge_small(areas, counts, neighbours, minimum))
    for members in merged.groupby(merged).groups.values():
        assert _pieces(set(members), neighbours) == 1


@settings(deadline=None)
@given(worlds(), minimums, st.randoms())
def test_the_order_of_rows_does_not_matter(world: World, minimum: int, random) -> None:
    """The same areas, counts and borders in any order give the same answer."""
    areas, counts, neighbours = world

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        order = list(range(len(frame)))
        random.shuffle(order)
        return frame.iloc[order]

    again = merge_small(shuffled(areas), shuffled(counts), shuffled(neighbours), minimum)
    assert again == merge_small(areas, counts, neighbours, minimum)


@settings(deadline=None)
@given(worlds(), minimums)
def test_nothing_is_joined_without_need(world: World, minimum: int) -> None:
    """Each joined area has a part that was too small; where all areas are large enough nothing changes."""
    areas, counts, neighbours = world
    merged = pd.Series(merge_small(areas, counts, neighbours, minimum))
    small = counts.reindex(merged.index).fillna(0).min(axis=1) < minimum
    several = merged.groupby(merged).size()
    for label in several[several > 1].index:
        assert small[merged.eq(label)].any()
    if not small.any():
        assert merged.eq(merged.index).all()


@settings(deadline=None)
@given(worlds(), minimums)
def test_each_joined_area_has_an_id_and_a_name_of_its_own(world: World, minimum: int) -> None:
    """No two joined areas are called alike, and none takes the id of an area that was joined into another."""
    areas, counts, neighbours = world
    merged = merge_small(areas, counts, neighbours, minimum)
    names = joined_names(merged, {area: f"Ward {area}" for area in areas["area"]})
    assert set(names) == set(merged.values())
    assert len(set(names.values())) == len(names)
    assert all(label in areas["area"].tolist() or "+" in label for label in names)


def test_a_joined_area_is_not_called_what_an_area_is_called() -> None:
    """Codes of the user's own may look like `a+1`, and like what it is called instead."""
    areas = pd.DataFrame({"area": ["a", "a+1", "a+1+", "b"], "easting": [0, 90, 95, 1], "northing": 0})
    counts = pd.Series({"a": 1, "a+1": 9, "a+1+": 9, "b": 1})
    merged = merge_small(areas, counts, pd.DataFrame(columns=["label", "adjoining", "shared_edges"]), 2)
    assert merged == {"a": "a+1++", "a+1": "a+1", "a+1+": "a+1+", "b": "a+1++"}


def test_names_are_readable() -> None:
    """Two are both named, more are counted, and one keeps its own."""
    merged = {"GU1 1": "GU1 1+1", "GU1 2": "GU1 1+1", **dict.fromkeys(["A", "B", "C", "D"], "A+3"), "E": "E"}
    names = joined_names(merged, {area: area for area in merged})
    assert names == {"A+3": "A and 3 more", "E": "E", "GU1 1+1": "GU1 1 and GU1 2"}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_an_island_joins_what_is_nearest(seed: int) -> None:
    """An area that adjoins none goes to the one whose centre is nearest (brute force)."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 100, (6, 2)).astype(float)
    names = [f"A{index}" for index in range(6)]
    areas = pd.DataFrame({"area": names, "easting": xy[:, 0], "northing": xy[:, 1]})
    counts = pd.Series([0, 9, 9, 9, 9, 9], index=names)
    none = pd.DataFrame({"label": [], "adjoining": [], "shared_edges": []})
    merged = merge_small(areas, counts, none, 5)
    nearest = names[1 + int(np.hypot(*(xy[1:] - xy[0]).T).argmin())]
    assert merged["A0"] == merged[nearest] == "A0+1"


def test_the_short_are_joined_to_the_short_along_the_longest_border() -> None:
    """A (1 child) adjoins B (2), C (3, longer border) and D (20, the longest): it joins C, and B then joins D."""
    areas = pd.DataFrame({"area": list("ABCD"), "easting": 0.0, "northing": 0.0})
    rows = [("A", "B", 1), ("A", "C", 2), ("A", "D", 9), ("B", "D", 2)]
    rows += [(other, one, edges) for one, other, edges in rows]
    borders = pd.DataFrame(rows, columns=["label", "adjoining", "shared_edges"])
    merged = merge_small(areas, pd.Series([1, 2, 3, 20], index=list("ABCD")), borders, 4)
    assert merged == {"A": "A+1", "B": "B+1", "C": "A+1", "D": "B+1"}
