"""Parts of a Word file that python-docx has no call for: fields, captions, bookmarks, borders, repeated header rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn

from placements.errors import DataError

#: Units of Word: twentieths of a point, and eighths of a point for borders.
_TWIPS_PER_CM: Final = 567


def element(tag: str, **attributes: str) -> Any:
    """Return a new element of the `w` namespace; attributes are of that namespace too."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def add_field(paragraph: Any, instruction: str, shown: str, *, dirty: bool = False) -> None:
    """Add a field with the text that stands until it is updated."""
    begin = element("fldChar", fldCharType="begin", **({"dirty": "true"} if dirty else {}))
    text = element("instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    for child in (begin, text, element("fldChar", fldCharType="separate")):
        paragraph.add_run()._r.append(child)
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def add_bookmark(paragraph: Any, name: str, number: int) -> None:
    """Enclose what a paragraph holds in a bookmark."""
    start, end = element("bookmarkStart", id=str(number), name=name), element("bookmarkEnd", id=str(number))
    properties = paragraph._p.pPr
    paragraph._p.insert(0 if properties is None else 1, start)
    paragraph._p.append(end)


def contents(document: Any, entries: list[tuple[str, str]], style: str) -> None:
    """Add a table of contents: a field, filled with linked entries, that Word completes with page numbers."""
    for position, (bookmark, text) in enumerate(entries):
        paragraph = document.add_paragraph(style=style)
        if position == 0:
            instruction = element("instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = ' TOC \\o "1-1" \\h \\z \\u '
            begin = element("fldChar", fldCharType="begin", dirty="true")
            for child in (begin, instruction, element("fldChar", fldCharType="separate")):
                paragraph.add_run()._r.append(child)
        link = element("hyperlink", anchor=bookmark, history="1")
        link.append(paragraph.add_run(text)._r)
        paragraph._p.append(link)
        if position == len(entries) - 1:
            paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def emptied(template: Path) -> Any:
    """Return a council's Word file without its words: styles, page, header and footer stay.

    Raises
    ------
    DataError
        When it is no Word file.
    """
    try:
        file = docx.Document(str(template))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise DataError(
            "is no Word file", file=template, advice="save it as .docx, not .dotx or .doc, without a password"
        ) from error
    body = file.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return file


#: The shape that text follows, as Word itself writes it.
_TEXT_SHAPE: Final = (
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
    '<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/>'
    '<v:textpath on="t" fitshape="t"/></v:shapetype>'
)


def watermark(paragraph: Any, text: str) -> None:
    """Put a text across the page, behind what is on it, from the header: as Word's own watermarks are made."""
    width = 300 if len(text) <= 6 else 480
    place = ";".join(
        f"mso-position-{way}:center;mso-position-{way}-relative:margin" for way in ("horizontal", "vertical")
    )
    style = (
        f"position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:{2 * width // len(text)}pt;rotation:315"
    )
    shape = (
        f'<w:pict xmlns:w="{nsmap["w"]}" xmlns:v="urn:schemas-microsoft-com:vml" '
        f'xmlns:o="urn:schemas-microsoft-com:office:office">{_TEXT_SHAPE}'
        f'<v:shape id="WaterMark" type="#_x0000_t136" alt="" style="{style};z-index:-251658752;{place}" '
        'fillcolor="#e4e4e4" stroked="f"><v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt" '
        f'string="{text}"/></v:shape></w:pict>'
    )
    paragraph.add_run()._r.append(parse_xml(shape))


def boxed(paragraph: Any, colour: str, fill: str) -> None:
    """Give a paragraph a bar at its left and a background."""
    properties = paragraph._p.get_or_add_pPr()
    borders = element("pBdr")
    borders.append(element("left", val="single", sz="24", space="8", color=colour))
    shading = element("shd", val="clear", color="auto", fill=fill)
    # The schema wants them in this order, before spacing and indentation.
    anchor = next((child for child in properties if child.tag in _AFTER_BORDERS), None)
    for child in (borders, shading):
        if anchor is None:
            properties.append(child)
        else:
            anchor.addprevious(child)


_AFTER_BORDERS: Final = tuple(
    qn(f"w:{name}")
    for name in ("tabs", "suppressAutoHyphens", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr")
)


def repeat_header(row: Any) -> None:
    """Make a row stand again at the top of every page that its table runs on to."""
    row._tr.get_or_add_trPr().append(element("tblHeader", val="true"))


def keep_row_whole(row: Any) -> None:
    """Do not let a row break over two pages."""
    row._tr.get_or_add_trPr().insert(0, element("cantSplit", val="true"))


def table_frame(table: Any, widths_cm: list[float], title: str, description: str) -> None:
    """Give a table fixed widths, thin rules between rows, and a title and description for screen readers."""
    properties = table._tbl.tblPr
    for child in list(properties):
        if child.tag in {qn(f"w:{name}") for name in ("tblW", "tblLayout", "tblLook", "tblBorders", "tblCellMar")}:
            properties.remove(child)
    properties.append(element("tblW", w=str(round(sum(widths_cm) * _TWIPS_PER_CM)), type="dxa"))
    borders = element("tblBorders")
    for side, size, colour in (("top", "8", "00558C"), ("bottom", "8", "00558C"), ("insideH", "4", "C8C8C8")):
        borders.append(element(side, val="single", sz=size, space="0", color=colour))
    properties.append(borders)
    properties.append(element("tblLayout", type="fixed"))
    margins = element("tblCellMar")
    for side, padding in (("top", "30"), ("left", "75"), ("bottom", "30"), ("right", "75")):
        margins.append(element(side, w=padding, type="dxa"))
    properties.append(margins)
    properties.append(
        element("tblLook", firstRow="1", lastRow="0", firstColumn="1", lastColumn="0", noHBand="1", noVBand="1")
    )
    properties.append(element("tblCaption", val=title))
    properties.append(element("tblDescription", val=description))
    for column, width in zip(table._tbl.tblGrid, widths_cm, strict=True):
        column.set(qn("w:w"), str(round(width * _TWIPS_PER_CM)))
    for row in table._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, widths_cm, strict=True):
            cell.get_or_add_tcPr().insert(0, element("tcW", w=str(round(width * _TWIPS_PER_CM)), type="dxa"))


def shade(cell: Any, fill: str) -> None:
    """Give a cell a background."""
    cell._tc.get_or_add_tcPr().append(element("shd", val="clear", color="auto", fill=fill))


#: Tables with more columns than this are set in smaller type.
WIDE_COLUMNS: Final = 8


def column_widths(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], total_cm: float) -> list[float]:
    """Return widths that fit the words of a table: never narrower than the longest word while there is room.

    What is left after that goes to columns in proportion to what their longest text still wants.
    """
    size = 8 / 9 if len(columns) > WIDE_COLUMNS else 1.0
    texts = [[columns[place], *(row[place] for row in rows)] for place in range(len(columns))]
    least = [size * max(_word_cm(text, bold=row == 0) for row, text in enumerate(column)) for column in texts]
    # Short texts stay on one line: those of the first column, and of every column where there are few.
    for place in range(len(columns) if len(columns) <= 6 else 1):
        least[place] = max([least[place], *(size * _line_cm(text) for text in texts[place][1:] if len(text) <= 21)])
    wanted = [min(max(size * _line_cm(text) for text in column), 9.0) for column in texts]
    short = total_cm - sum(least)
    if short <= 0:
        return [width * total_cm / sum(least) for width in least]
    extra = [max(want - low, 0.0) for want, low in zip(wanted, least, strict=True)]
    scale = min(1.0, short / sum(extra)) if sum(extra) else 0.0
    fitted = [low + scale * more for low, more in zip(least, extra, strict=True)]
    # What is still left goes to the first column, up to a readable width, then to all alike.
    left = total_cm - sum(fitted)
    first = min(left, max(0.0, 6.5 - fitted[0]))
    return [width + (first if place == 0 else 0) + (left - first) / len(fitted) for place, width in enumerate(fitted)]


def _line_cm(text: str) -> float:
    return 0.165 * len(text) + 0.3


def _word_cm(text: str, *, bold: bool) -> float:
    longest = max((len(word) for word in text.replace("/", "/ ").split()), default=1)
    return (0.19 if bold else 0.168) * longest + 0.38
