"""Documents of every kind with a text of one's own at a place of one's own, and secrets to look for."""

from __future__ import annotations

import base64
import html
import io
import json
import zipfile
from collections.abc import Callable

import docx
import docx.document
import openpyxl
from openpyxl.comments import Comment

from placements.disclosure.scanning import Secrets

#: A number with the right check letter (its digits weighted 2 to 13 give 455, remainder 18: V), of no pupil.
UPN = "V936412345678"
SECRETS = Secrets(
    identifiers=frozenset({"CH12345", "4071132"}),
    postcodes=frozenset({"GU11AA"}),
    birth_dates=frozenset({"2012-07-01"}),
    names=frozenset({"Hollybush House"}),
    points=frozenset({(499_700, 149_613)}),
)


def pdf(text: str = "A page", title: str = "A report") -> bytes:
    """Return a PDF of one page."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    stream = f"BT /F1 12 Tf 50 700 Td ({escaped}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        f"<< /Title ({title}) >>".encode("latin-1"),
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer << /Size 6 /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def workbook(change: Callable[[openpyxl.Workbook], object] = lambda book: None) -> bytes:
    """Return a workbook with a sheet of places, changed by a function."""
    book = openpyxl.Workbook()
    for row in (["Area", "Homes"], ["Woking", 12], ["Guildford", 9]):
        book.active.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def word(change: Callable[[docx.document.Document], object] = lambda document: None) -> bytes:
    """Return a Word file with a paragraph and a table, changed by a function."""
    document = docx.Document()
    document.add_paragraph("Where our children live, on 31 March 2025.")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (*table.rows[0].cells, *table.rows[1].cells), ("Area", "Children", "Woking", "45"), strict=True
    ):
        cell.text = text
    change(document)
    out = io.BytesIO()
    document.save(out)
    return _without_styles(out.getvalue())


def _without_styles(content: bytes) -> bytes:
    """Return a Word file without the template's styles, which are most of it and say nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            if "styles" not in entry.filename and "theme" not in entry.filename:
                target.writestr(entry.filename, source.read(entry))
    return out.getvalue()


def word_with_part(name: str, content: str | bytes) -> bytes:
    """Return a Word file with one more part."""
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def split_runs(document: docx.document.Document, text: str) -> None:
    """Write a text with a run for every two letters, in different looks."""
    paragraph = document.add_paragraph("Lives at ")
    for i in range(0, len(text), 2):
        paragraph.add_run(text[i : i + 2]).bold = i % 4 == 0


def hidden_sheet(book: openpyxl.Workbook, text: str) -> None:
    """Write a text far out on a sheet that cannot be unhidden from the menu."""
    sheet = book.create_sheet("Workings")
    sheet.sheet_state = "veryHidden"
    sheet["H40"] = text


def data_uri(value: object, kind: str = "application/json") -> str:
    """Return JSON as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(json.dumps(value).encode()).decode()}"


def _comment(book: openpyxl.Workbook, text: str) -> None:
    book.active["B2"].comment = Comment(text, "A. Clerk")


#: Places for a text: file name, and a function from the text to the file.
PLACES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "paragraph of a page": ("a.html", lambda t: f"<!DOCTYPE html><html><p>Near {html.escape(t)}.</p>".encode()),
    "words in different looks": ("a.html", lambda t: f"<p><b>{t[:3]}</b><i>{t[3:]}</i></p>".encode()),
    "cell of a page": ("a.html", lambda t: f"<table><tr><th>A</th></tr><tr><td>{t}</td></tr></table>".encode()),
    "attribute": ("a.html", lambda t: f"<div data-note='{t}'>fine</div>".encode()),
    "address with escapes": ("a.html", lambda t: f"<a href='?q={t.replace(' ', '%20')}'>map</a>".encode()),
    "note in a page": ("a.html", lambda t: f"<p>fine</p><!-- {t} -->".encode()),
    "script": ("a.html", lambda t: f"<script>var a = {{'k': '{t}'}};</script>".encode()),
    "JSON in a script": ("a.html", lambda t: f"<script>f({json.dumps({'x': [1, {'k': t}]})})</script>".encode()),
    "data address": ("a.html", lambda t: f"<img src='{data_uri({'k': [t]})}'>".encode()),
    "drawing as data": (
        "a.html",
        lambda t: (
            f"<img src='data:image/svg+xml;base64,{base64.b64encode(f'<svg><text>{t}</text></svg>'.encode()).decode()}'>".encode()
        ),
    ),
    "drawing": ("a.svg", lambda t: f"<svg xmlns='http://www.w3.org/2000/svg'><title>{t}</title></svg>".encode()),
    "CSV": ("a.csv", lambda t: f'Area,Homes\nWoking,12\n"{t}",9\n'.encode()),
    "CSV as UTF-16": ("a.csv", lambda t: f"Area;Homes\nWoking;12\n{t};9\n".encode("utf-16")),
    "tab-separated": ("a.tsv", lambda t: f"Area\tNote\nWoking\t{t}\n".encode()),
    "JSON": ("a.json", lambda t: json.dumps({"a": {"b": [{"c": t}]}}).encode()),
    "name in JSON": ("a.json", lambda t: json.dumps({"a": {t: 12}}).encode()),
    "name that stands twice": ("a.json", lambda t: f'{{"k": {json.dumps(t)}, "k": "fine"}}'.encode()),
    "property of a map": (
        "a.geojson",
        lambda t: json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "geometry": None, "properties": {"note": t}}],
            }
        ).encode(),
    ),
    "TOML": ("a.toml", lambda t: f"[a]\nb = {json.dumps(t)}\n".encode()),
    "comment in TOML": ("a.toml", lambda t: f"a = 1  # {t}\n".encode()),
    "plain text": ("a.txt", lambda t: f"First line\nthen {t}\n".encode()),
    "PDF": ("a.pdf", lambda t: pdf(f"Placed at {t} since May")),
    "title of a PDF": ("a.pdf", lambda t: pdf(title=t)),
    "paragraph in Word": ("a.docx", lambda t: word(lambda d: d.add_paragraph(t))),
    "runs in Word": ("a.docx", lambda t: word(lambda d: split_runs(d, t))),
    "page header in Word": ("a.docx", lambda t: word(lambda d: d.sections[0].header.add_paragraph(t))),
    "cell in Word": ("a.docx", lambda t: word(lambda d: d.tables[0].rows[1].cells[0].add_paragraph(t))),
    "author of a Word file": ("a.docx", lambda t: word(lambda d: setattr(d.core_properties, "author", t))),
    "comment in Word": (
        "a.docx",
        lambda t: word_with_part(
            "word/comments.xml", f"<w:comments><w:comment><w:p>{t}</w:p></w:comment></w:comments>"
        ),
    ),
    "deleted text in Word": (
        "a.docx",
        lambda t: word_with_part(
            "word/footnotes.xml", f"<w:x><w:p><w:del><w:delText>{t}</w:delText></w:del></w:p></w:x>"
        ),
    ),
    "custom XML": ("a.docx", lambda t: word_with_part("customXml/item9.xml", f"<data><a>{t}</a></data>")),
    "workbook in Word": (
        "a.docx",
        lambda t: word_with_part("word/embeddings/b.xlsx", workbook(lambda b: b.active.append([t, 3]))),
    ),
    "cell of a workbook": ("a.xlsx", lambda t: workbook(lambda b: b.active.append([t, 12]))),
    "hidden sheet": ("a.xlsx", lambda t: workbook(lambda b: hidden_sheet(b, t))),
    "comment in a workbook": ("a.xlsx", lambda t: workbook(lambda b: _comment(b, t))),
    "properties of a workbook": ("a.xlsx", lambda t: workbook(lambda b: setattr(b.properties, "subject", t))),
}
