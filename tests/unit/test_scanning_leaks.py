"""Leaks of many kinds, each planted in another place, with no study: all are found, with their place; clean files pass."""

import base64
import datetime as dt
import io
import json
import zipfile

import pypdf
import pytest
from openpyxl.workbook.defined_name import DefinedName

from placements.disclosure.scanning import UNREADABLE, Secrets, scan
from tests.scanning_support import SECRETS, UPN, data_uri, pdf, word, word_with_part, workbook

NOTHING = Secrets()
TODAY = dt.date(2026, 1, 15)


def geojson(coordinates, shape="Point", properties=None):
    feature = {
        "type": "Feature",
        "geometry": {"type": shape, "coordinates": coordinates},
        "properties": properties or {},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def cells(*rows, sheet="Data"):
    def change(book):
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(row)

    return workbook(change)


def pivot_cache(text):
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(
            "xl/pivotCache/pivotCacheRecords1.xml", f'<pivotCacheRecords><r><s v="{text}"/></r></pivotCacheRecords>'
        )
    return out.getvalue()


def defined_name(text):
    return workbook(lambda book: book.defined_names.add(DefinedName("Home", attr_text=f'"{text}"')))


def attached(text):
    writer = pypdf.PdfWriter(io.BytesIO(pdf()))
    writer.add_attachment("list.csv", f"Area,Note\nWoking,{text}\n".encode())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


SVG = f"<svg xmlns='http://www.w3.org/2000/svg'><desc>{UPN}</desc></svg>"
#: What is planted: file name, content, words of its kind, words of its place.
LEAKS = {
    "postcode on a hidden sheet": (
        "a.xlsx",
        workbook(lambda b: (b.create_sheet("x").append(["", "GU1 1AA"]), setattr(b["x"], "sheet_state", "hidden"))),
        "postcode",
        "sheet 2, cell B1",
    ),
    "pupil number in a comment in Word": (
        "a.docx",
        word_with_part("word/comments.xml", f"<w:c><w:comment><w:p><w:t>{UPN}</w:t></w:p></w:comment></w:c>"),
        "pupil number",
        "comments",
    ),
    "pupil number split over runs": (
        "a.docx",
        word(lambda d: [d.paragraphs[0].add_run(part) for part in (" ", UPN[:4], UPN[4:9], UPN[9:])]),
        "pupil number",
        "document, paragraph 1",
    ),
    "birth in an attribute": (
        "a.html",
        b"<p>x</p>\n<li title='Born 4 March 2011'>",
        "birth",
        "line 2, attribute of li",
    ),
    "birth in JSON in a script": (
        "a.html",
        b'<script>show([{"dob": "2011-03-04"}])</script>',
        "birth",
        "line 1, script",
    ),
    "forename in a data address": (
        "a.html",
        f"<a href='{data_uri([{'Forename': 'Ann'}])}'>".encode(),
        "name",
        "line 1",
    ),
    "postcode in a PDF": ("a.pdf", pdf("Placed at GU1 1AA"), "postcode", "page 1"),
    "pupil number in the title of a PDF": ("a.pdf", pdf(title=f"About {UPN}"), "pupil number", "document properties"),
    "postcode in a table attached to a PDF": ("a.pdf", attached("GU1 1AA"), "postcode", "attachment, line 2"),
    "point with six decimals": ("a.geojson", geojson([-0.573211, 51.236712]), "coordinates", "features[1].geometry"),
    "point in metres": ("a.json", geojson([499713, 149606]), "coordinates", "features[1].geometry"),
    "latitude in a table": ("a.csv", b"Home,Lat,Lon\nA,51.23671,-0.57321\n", "coordinates", "line 2, column 2"),
    "easting in a workbook": ("a.xlsx", cells(["Home", "Easting"], ["A", 499713]), "coordinates", "sheet 2, cell B2"),
    "coordinates in a sentence": ("a.txt", b"It is at 51.23671, -0.57321 by the river", "coordinates", "line 1"),
    "grid reference": ("a.txt", b"It is at SU 99713 49606", "coordinates", "line 1"),
    "postcode in two columns": ("a.csv", b"Area,Out,In\nWoking,GU1,1AA\n", "postcode", "line 2, column 3"),
    "postcode with odd spaces": (
        "a.csv",
        "Area,Note\nWoking,gu1\u00a0\u20091\u200baa\n".encode(),
        "postcode",
        "line 2",
    ),
    "birth in words": ("a.txt", b"Their date of birth is the 4th of March, 2011.", "birth", "line 1"),
    "birth in a column": ("a.csv", b"Area,DOB\nWoking,04/03/2011\n", "birth", "line 2, column 2"),
    "birth as a day of a workbook": (
        "a.xlsx",
        cells(["Area", "Date of birth"], ["Woking", dt.date(2011, 3, 4)]),
        "birth",
        "sheet 2, cell B2",
    ),
    "birth as a bare number": ("a.xlsx", cells(["Area", "Birth date"], ["Woking", 40606]), "birth", "cell B2"),
    "pupil number in a file's name": (
        f"report {UPN}.csv",
        b"Area,Homes\nWoking,12\n",
        "pupil number",
        "the file's name",
    ),
    "pupil number as a sheet's name": ("a.xlsx", cells(["Area"], sheet=UPN), "pupil number", "workbook"),
    "pupil number in a drawing in a page": (
        "a.html",
        f"<img src='data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}'>".encode(),
        "pupil number",
        "data put inside",
    ),
    "NHS number": ("a.txt", b"NHS number 943 476 5919", "NHS", "line 1"),
    "National Insurance number": ("a.csv", b"Area,Note\nWoking,AB 12 34 56 C\n", "National Insurance", "line 2"),
    "column of surnames": ("a.csv", b"Area,Child Surname\nWoking,Smith\n", "name of a person", "line 2, column 2"),
    "column of identifiers": ("a.xlsx", cells(["LA Child ID", "Area"], ["A17", "x"]), "identifier", "cell A2"),
    "label beside a cell": ("a.html", b"<table><tr><td>UPN</td><td>unknown7</td></tr></table>", "identifier", "line 1"),
    "pivot cache": ("a.xlsx", pivot_cache("GU1 1AA"), "postcode", "pivot cache"),
    "defined name": ("a.xlsx", defined_name("GU1 1AA"), "postcode", "workbook"),
    "internal copy": ("a.html", b"<p>INTERNAL - NOT FOR SHARING</p>", "not for sharing", "line 1"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found_and_its_place_is_told(leak):
    """With nothing known of any child; the message holds kind and place, and not the value."""
    name, content, kind, place = LEAKS[leak]
    found = [one for one in scan(content, name, NOTHING, today=TODAY) if one.blocks]
    assert any(kind in one.kind and place in one.place for one in found), found
    text = " ".join(map(str, found))
    assert not any(value in text for value in (UPN, "GU1", "1AA", "Smith", "2011", "51.236", "149606", "943 476"))


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CLEAN = {
    "a.html": f"""<!DOCTYPE html><html><head><style>.a {{ color: #ab12de }}</style></head><body>
        <p>On 31 March 2025, 985 children; born abroad: some. Ring 1.2.3.</p><p>Area GU1, sector GU1 1, code E07000209.</p>
        <img src="data:image/png;base64,{base64.b64encode(PNG).decode()}" alt="A chart">
        <svg><path d="M1 2L3 4M10 5zM1 2zm3 4"/></svg>
        <table><tr><th>Area</th><th>Children</th><th>Children's homes</th></tr>
        <tr><td>Woking</td><td>45</td><td>3</td></tr></table></body></html>""".encode(),
    "a.docx": word(),
    "a.xlsx": cells(["Area", "As at", "Places"], ["Woking", dt.date(2025, 3, 31), 4]),
    "a.csv": b"Area,Easting,Northing,Share\nWoking,500400,158700,0.35\n",
    "a.json": b'{"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "day": "2025-03-31"}',
    "line.geojson": geojson([[-0.573211, 51.236712], [-0.573299, 51.236799]], "LineString"),
    "outline.geojson": geojson(
        [[[-0.5732, 51.2367], [-0.5731, 51.2368], [-0.5733, 51.2369], [-0.5732, 51.2367]]], "Polygon"
    ),
    "point.geojson": geojson([-0.573, 51.237]),
    "a.svg": b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'><svg><text>Woking</text></svg>",
    "a.toml": b"[[intervention]]\nkind = 'open_home'\nplaces = 4\neasting = 500500.0\n",
    "a.pdf": pdf("On 31 March 2025 there were 985 children"),
    "a.txt": b"Telephone and post: see the web page. 4,990 of 12,345.\n",
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_file_of_each_kind_passes(name):
    """No false alarm, with a study's secrets and without."""
    assert scan(CLEAN[name], name, NOTHING, today=TODAY) == ()
    assert scan(CLEAN[name], name, SECRETS, today=TODAY) == ()


def encrypted():
    writer = pypdf.PdfWriter(io.BytesIO(pdf()))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture_page():
    return pdf("").replace(b"() Tj", b"q Do")


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("word/document.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    return out.getvalue()


def macros():
    return word_with_part("word/vbaProject.bin", b"\xd0\xcf\x11\xe0 code")


LAUGHS = b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><svg><text>&b;</text></svg>"
UNREADABLE_FILES = {
    "password on a PDF": ("a.pdf", encrypted()),
    "cut-off PDF": ("a.pdf", pdf()[:60]),
    "page that is a picture": ("a.pdf", picture_page()),
    "picture": ("a.png", PNG),
    "cut-off workbook": ("a.xlsx", workbook()[:900]),
    "old or protected workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "not what its name says": ("a.docx", b"some text"),
    "archive": ("a.zip", b"PK\x03\x04 and so on"),
    "archive that unpacks without limit": ("a.docx", bomb()),
    "entities that unpack without limit": ("a.svg", LAUGHS),
    "entities in Word": ("a.docx", word_with_part("word/comments.xml", LAUGHS)),
    "macros": ("a.docx", macros()),
    "JSON that ends too soon": ("a.json", b'{"a": [1, 2'),
    "JSON nested without end": ("a.json", b"[" * 100_000 + b"]" * 100_000),
    "TOML that is none": ("a.toml", b"a = = 1"),
    "binary": ("a.csv", b"a,b\n\0\1\2\0"),
    "kind that is not known": ("a.xyz", b"some text"),
}


@pytest.mark.parametrize("case", UNREADABLE_FILES)
def test_what_cannot_be_read_is_not_safe(case):
    """Encrypted, damaged, without text, of no known kind, or made to fill the memory: it blocks, and says why."""
    name, content = UNREADABLE_FILES[case]
    found = scan(content, name, NOTHING)
    assert any(one.severity == UNREADABLE and one.blocks and "cannot be read" in one.kind for one in found), found
