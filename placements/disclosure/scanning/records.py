"""Text files: tables of cells, JSON and GeoJSON with their points, TOML, and plain lines."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from placements.disclosure.scanning.fields import meaning
from placements.disclosure.scanning.passages import Part, Passage, Point, UnreadableError
from placements.disclosure.scanning.tables import Cell, table_passages
from placements.read.encoding import to_utf8

_DELIMITERS: Final = (",", "\t", ";", "|")
#: Names that may be told in a place: they are the format's own.
_FORMAT: Final = frozenset({"features", "properties", "geometry", "coordinates", "geometries", "at", "data", "rows"})
_ANY_OPENING: Final = ("{", "[")


class Pairs(list[tuple[str, Any]]):
    """An object of JSON with everything it says: a name that stands twice is there twice."""

    def get(self, name: str) -> Any:
        """Return the first value of a name, or None."""
        return next((value for key, value in self if key == name), None)


def decoded(content: bytes) -> str:
    """Return the text of bytes.

    Raises
    ------
    UnreadableError
        When they are no text.
    """
    text = to_utf8(content)[0].decode("utf-8", "replace")
    if "\0" in text[:1_000_000]:
        raise UnreadableError("it is binary, not text")
    return text


def csv_parts(text: str) -> Iterator[Part]:
    """Yield the cells of a CSV or tab-separated file."""
    start = text[:4000].split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=start.count)

    def rows() -> Iterator[list[Cell]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for row in reader:
                line = f"line {reader.line_num}, column "
                yield [(f"{line}{column}", cell) for column, cell in enumerate(row, 1)]
        except csv.Error:
            raise UnreadableError("its rows cannot be told apart") from None

    return table_passages(rows())


def line_parts(text: str) -> Iterator[Part]:
    """Yield plain text paragraph by paragraph, so that what is broken over two lines is read as one."""
    first = 1
    held: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.strip():
            first = first if held else number
            held.append(line)
        elif held:
            yield Passage(f"line {first}" if len(held) == 1 else f"lines {first} to {number - 1}", "\n".join(held))
            held = []


def json_parts(text: str) -> Iterator[Part]:
    """Yield what a JSON or GeoJSON file says: names, values, and points.

    Raises
    ------
    UnreadableError
        When it is not well formed, or nested without end.
    """
    try:
        value = json.loads(text, object_pairs_hook=Pairs)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not well-formed JSON (line {error.lineno})") from None
    except (RecursionError, ValueError):
        raise UnreadableError("it is JSON nested without end, or with a number that is too long") from None
    yield from value_parts(value, "")


def embedded_json(code: str, place: str) -> tuple[list[Part], str]:
    """Return what JSON within a script says, and the script without it."""
    decoder = json.JSONDecoder(object_pairs_hook=Pairs)
    found: list[Part] = []
    rest: list[str] = []
    at = last = 0
    while True:
        opening = min((p for p in (code.find(c, at) for c in _ANY_OPENING) if p >= 0), default=-1)
        if opening < 0:
            break
        at = opening + 1
        following = code[at : at + 40].lstrip()[:1]
        if following not in ('"', "[", "{", "-") and not following.isdigit():
            continue
        try:
            value, end = decoder.raw_decode(code, opening)
        except (ValueError, RecursionError):
            continue
        if value:
            found.extend(value_parts(value, place))
            rest.append(code[last:opening])
            last = at = end
    rest.append(code[last:])
    return found, " ".join(rest)


def toml_parts(text: str) -> Iterator[Part]:
    """Yield what a TOML file says, its comments too."""
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        raise UnreadableError("it is not well-formed TOML") from None
    yield from value_parts(value, "")
    for number, line in enumerate(text.splitlines(), 1):
        if "#" in line:
            yield Passage(f"line {number}, comment", line[line.index("#") :])


def value_parts(value: Any, place: str) -> Iterator[Part]:
    """Yield names, values and points of anything that JSON can say."""
    stack: list[tuple[Any, str, str]] = [(value, place, "")]
    while stack:
        item, where, key = stack.pop()
        if isinstance(item, dict):
            item = Pairs(item.items())
        if isinstance(item, Pairs):
            shape = item.get("type")
            if isinstance(shape, str) and item.get("coordinates") is not None:
                yield from _points(shape, item.get("coordinates"), where)
            below: list[tuple[Any, str, str]] = []
            for number, (name, inner) in enumerate(item, 1):
                if len(name) > 4:
                    yield Passage(f"{where}, a name" if where else "a name", name)
                if name == "coordinates" and isinstance(shape, str):
                    continue
                said = name if name in _FORMAT or meaning(name) else f"entry {number}"
                below.append((inner, f"{where}.{said}" if where else said, name))
            stack.extend(reversed(below))
        elif isinstance(item, list):
            if len(item) == 2 and all(isinstance(part, float) for part in item):
                yield from _pair(item, where)
            elif not all(isinstance(part, float | int) for part in item) or meaning(key):
                stack.extend((item[n - 1], f"{where}[{n}]", key) for n in range(len(item), 0, -1))
            elif item:
                texts = ((n, str(part)) for n, part in enumerate(item, 1))
                yield from (Passage(f"{where}[{n}]", said, key) for n, said in texts if len(said) > 4)
        elif item is not None and not isinstance(item, bool):
            yield Passage(where or "the value", str(item), key)


def _points(shape: str, coordinates: Any, place: str) -> Iterator[Part]:
    """Yield the points of a geometry. Corners of outlines and lines are public geography."""
    points = [coordinates] if shape == "Point" else coordinates if shape == "MultiPoint" else []
    for point in points if isinstance(points, list) else []:
        if isinstance(point, list) and len(point) >= 2 and all(isinstance(part, float | int) for part in point[:2]):
            yield Point(f"{place}, geometry" if place else "geometry", float(point[0]), float(point[1]))


def _pair(item: list[float], place: str) -> Iterator[Part]:
    """Yield two numbers as a point when they can be latitude and longitude in these islands, either way round."""
    first, second = item
    if 49 <= first <= 61 and -9 <= second <= 2.5:
        yield Point(place, second, first)
    elif 49 <= second <= 61 and -9 <= first <= 2.5:
        yield Point(place, first, second)
