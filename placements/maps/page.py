"""From layers to one page: Leaflet is put inside, and nothing can be fetched from anywhere.

The page forbids itself every connection by a content security policy that lists the hashes of its own scripts and
styles: what is not in the file cannot run, and no address can be called.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from placements.maps import chart, headline
from placements.maps.filters import filters_of
from placements.maps.layer import CHOICES, GROUPS, Layer, LegendItem, Table
from placements.maps.scene import Scene
from placements.maps.style import SUPPRESSED_FILL

_FILES: Final = resources.files("placements.maps")
#: In the order in which they need each other.
_SCRIPTS: Final = ("map.js", "tables.js", "views.js", "swipe.js", "find.js", "print.js")
#: Neither address is ever called; both are taken out so that no link leaves the page.
_ATTRIBUTION_LINK: Final = re.compile(r'<a href="https://leafletjs\.com"[^>]*>')
_SOURCE_MAP: Final = re.compile(r"\n?//# sourceMappingURL=\S+")
_CSS_URL: Final = re.compile(r"[\w-]+\s*:\s*url\([^)]*\);?")


def page(scene: Scene, layers: Sequence[Layer]) -> str:
    """Return the page as HTML."""
    scripts = [_leaflet_js(), *(_asset(name) for name in _SCRIPTS), chart.script(scene, layers)]
    styles = _CSS_URL.sub("", _asset("leaflet.css")) + _asset("map.css") + _asset("print.css")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (_FILES / "templates" / name).read_text(encoding="utf-8")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    views = {layer.key: _view(layer) for layer in layers}
    tiles = scene.county.settings.map
    return environment.get_template("page.html.jinja").render(
        csp=_policy(scripts, styles, tiles.tiles),
        authority=scene.county.authority.name,
        date=scene.date,
        internal=scene.internal,
        synthetic=scene.county.synthetic,
        styles=Markup(styles),  # noqa: S704 - our own files
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files, and data escaped as JSON
        map_html=Markup(f'<div class="folium-map" id="map_{chart.MAP_NAME}"></div>'),  # noqa: S704
        figures=headline.figures(scene),
        sources=headline.sources(scene),
        filters=filters_of(layers),
        areas=sorted(scene.drawn_areas.items(), key=lambda item: item[1]),
        groups=_groups(views, layers),
        tables=[views[layer.key] for layer in _in_group_order(layers) if layer.table],
        about=_about(scene),
        credits=[_CREDITS, *([f"Background: {tiles.attribution}."] if tiles.tiles else [])],
    )


_CREDITS: Final = (
    "Contains OS data © Crown copyright and database right, Royal Mail data © Royal Mail copyright and database right, "
    "and National Statistics data © Crown copyright and database right. Open Government Licence v3.0. "
    "Drawn with Leaflet 1.9.4 (BSD 2-Clause licence, © 2010-2023 Volodymyr Agafonkin, © 2010-2011 CloudMade)."
)


def _about(scene: Scene) -> list[str]:
    if scene.internal:
        rules = "Disclosure profile: internal. Figures are exact; this copy must not be shared."
    else:
        rules = (
            "Disclosure profile: shareable. Counts of 1 to 5 children are suppressed (c), with others that would give "
            "such a number away; other counts are to the nearest 5; percentages are whole and need at least 10 "
            "children; lines need at least 6. No child, carer or home is a point on this map."
        )
    outside = (
        "Inside and outside are decided by the authority of the placement's postcode. Outside is not the same as far: "
        "a place over the boundary can be the nearest there is."
    )
    host = urlsplit(scene.county.settings.map.tiles).hostname
    alone = "The page holds everything it needs and is not able to connect to anything."
    if host:
        alone = (
            f"The page asks {host} for the pictures of its background and is not able to connect to anything else. "
            "That host can tell which part of the country is looked at, and nothing of the figures."
        )
    return [rules, outside, alone]


# --- parts of the page --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _View:
    """A layer as the template needs it."""

    key: str
    name: str
    heading: str
    legend: list[dict[str, Any]]
    note: str
    source: str
    date: str
    date_label: str
    shown: bool
    service: str
    table: Table | None


def _view(layer: Layer) -> _View:
    prefix = {CHOICES[0]: "Looked after: ", CHOICES[1]: "EHC plans: "}.get(layer.group, "")
    name = layer.name[0].lower() + layer.name[1:] if prefix else layer.name
    return _View(
        key=layer.key,
        name=layer.name,
        heading=prefix + name,
        legend=[{"label": item.label, "picture": _picture(item)} for item in layer.legend],
        note=layer.note,
        source=layer.source,
        date=layer.date,
        date_label=layer.date[0].upper() + layer.date[1:],
        shown=layer.shown,
        service=layer.service,
        table=layer.table,
    )


def _in_group_order(layers: Sequence[Layer]) -> list[Layer]:
    return sorted(layers, key=lambda layer: GROUPS.index(layer.group))


def _groups(views: dict[str, _View], layers: Sequence[Layer]) -> list[dict[str, Any]]:
    members = {name: [views[layer.key] for layer in layers if layer.group == name and layer.drawn] for name in GROUPS}
    there = [name for name in GROUPS if members[name]]
    choices = [name for name in there if name in CHOICES]
    return [
        {"name": name, "choice": name in CHOICES, "last_choice": name in choices[-1:], "layers": members[name]}
        for name in there
    ]


_SWATCHES: Final = {
    "square": '<path d="M3 3H15V15H3Z" fill="{c}"/>',
    "diamond": '<path d="M9 1L17 9L9 17L1 9Z" fill="{c}"/>',
    "triangle": '<path d="M9 2L17 16H1Z" fill="{c}"/>',
    "house": '<path d="M9 1L17 8H15V16H3V8H1Z" fill="{c}"/>',
    "heart": '<path d="M9 16C1 11 1 7 2 5C4 2 7 3 9 6C11 3 14 2 16 5C17 7 17 11 9 16Z" fill="{c}"/>',
    "circle": '<circle cx="9" cy="9" r="6" fill="#fff" stroke="{c}" stroke-width="2.5"/>',
    "key": "",
}


def _picture(item: LegendItem) -> Markup:
    colour = item.colour
    if item.swatch in ("line", "area", "outline", "hatch"):
        body = {
            "line": f'<path d="M1 9H23" stroke="{colour}" stroke-width="{item.width:g}" fill="none"/>',
            "area": f'<rect x=".5" y="1.5" width="23" height="15" fill="{colour}" stroke="#566472"/>',
            "outline": f'<rect x="2" y="3" width="20" height="12" fill="none" stroke="{colour}" stroke-width="1.5"/>',
            "hatch": f'<rect x=".5" y="1.5" width="23" height="15" fill="{SUPPRESSED_FILL}" stroke="#566472"/>'
            '<path d="M1 9L8 2M4 16L18 2M14 16L23 7" stroke="#7d8893" stroke-width="1.5"/>',
        }[item.swatch]
        width = 24
    else:
        body, width = _SWATCHES[item.swatch].format(c=colour), 18
    if not body:
        return Markup()
    svg = f'<svg width="{width}" height="18" viewBox="0 0 {width} 18" aria-hidden="true">{body}</svg>'
    return Markup(svg)  # noqa: S704 - colours are our own


def _policy(scripts: Sequence[str], styles: str, tiles: str) -> str:
    """Return the content security policy: what is in the file, and pictures from the host of the tiles if any."""
    pictures = f"data: https://{urlsplit(tiles).netloc}" if tiles else "data:"
    code = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {code}; style-src 'sha256-{_digest(styles)}'; img-src {pictures}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _leaflet_js() -> str:
    script = _SOURCE_MAP.sub("", _asset("leaflet.js"))
    return _ATTRIBUTION_LINK.sub("<span>", script).replace("Leaflet</a>", "Leaflet</span>")


def _asset(name: str) -> str:
    return (_FILES / "assets" / name).read_text(encoding="utf-8")
