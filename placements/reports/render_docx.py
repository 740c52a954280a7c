"""The document as Word: native styles, headings, captions, tables and fields; A4; same content, same bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from placements.errors import DataError
from placements.reports import docx_parts as parts
from placements.reports.content import (
    STATUS_TONES,
    Block,
    BulletList,
    Callout,
    Definitions,
    Document,
    Figure,
    Heading,
    Paragraph,
    Table,
)
from placements.writing import stable_zip

_FONT: Final = "Arial"
_MARGIN_CM: Final = 2.2
_BLUE: Final = RGBColor(0x00, 0x46, 0x78)
_INK: Final = RGBColor(0x1A, 0x1A, 0x1A)
_GREY: Final = RGBColor(0x50, 0x50, 0x50)
_RED: Final = RGBColor(0xA0, 0x14, 0x14)
_BUILT_IN: Final = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "List Bullet", "Footer")
_TEMPLATE_ADVICE: Final = "open it in Word, use each of the built-in styles once, and save it again"
#: With more sections than this the contents have a page of their own.
_FEW_SECTIONS: Final = 8
#: A table of no more rows than this, its header included, is not broken over two pages.
_WHOLE_ROWS: Final = 13
_STATUS_FILL: Final = {"good": "E2F1E8", "doubt": "FDF1E6", "bad": "FBE6E6", "none": "FFFFFF"}
_TONES: Final = {"note": ("00558C", "EAF3FA"), "warning": ("C75300", "FDF1E6")}


def render_docx(document: Document, template: Path | None = None) -> bytes:
    """Return the document as a .docx file.

    Parameters
    ----------
    document : Document
    template : Path, optional
        A Word file of the council's: its styles, page and header are taken, its words are not.

    Raises
    ------
    DataError
        When the template is no Word file.
    """
    return _Writer(document, template).bytes()


class _Writer:
    """Walks the content once; counts figures and tables as it goes."""

    def __init__(self, document: Document, template: Path | None) -> None:
        self.content = document
        self.is_ours, self.template = template is None, template
        self.file = docx.Document() if template is None else parts.emptied(template)
        self.tables: Iterator[int] = count(1)
        self.figures: Iterator[int] = count(1)
        self.bookmarks: Iterator[int] = count(1)

    def bytes(self) -> bytes:
        self._page()
        self._styles()
        self._properties()
        self._front()
        for number, section in enumerate(self.content.sections, 1):
            label = section.title if self.content.is_brief else f"{number}. {section.title}"
            heading = self.file.add_heading(label, level=1)
            parts.add_bookmark(heading, f"s_{section.key}", next(self.bookmarks))
            for block in section.blocks:
                self._block(block)
        out = io.BytesIO()
        self.file.save(out)
        return stable_zip(out.getvalue())

    def _page(self) -> None:
        section = self.file.sections[0]
        if self.is_ours:
            section.orientation = WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = Cm(21.0), Cm(29.7)
            section.left_margin = section.right_margin = Cm(_MARGIN_CM)
            section.top_margin, section.bottom_margin = Cm(2.3), Cm(2.0)
            section.header_distance = section.footer_distance = Cm(1.0)
        self.width_cm = Emu(section.page_width - section.left_margin - section.right_margin).cm
        top = section.header.paragraphs[0] if self.is_ours else section.header.add_paragraph()
        if self.content.watermark:
            parts.watermark(top, self.content.watermark)
        run = top.add_run("  |  ".join(self.content.marks))
        run.bold = True
        internal = any("NOT FOR SHARING" in mark for mark in self.content.marks)
        run.font.size, run.font.color.rgb = (Pt(14), _RED) if internal else (Pt(9), _GREY)
        foot = section.footer.paragraphs[0] if self.is_ours else section.footer.add_paragraph()
        for tabs in self.file.styles["Footer"].element.iter(qn("w:tabs")):
            tabs.getparent().remove(tabs)
        foot.paragraph_format.tab_stops.add_tab_stop(Cm(self.width_cm), WD_TAB_ALIGNMENT.RIGHT)
        foot.add_run(f"{self.content.authority}: {self.content.title}, {self.content.date_text}\tPage ")
        parts.add_field(foot, "PAGE", "1")
        foot.add_run(" of ")
        parts.add_field(foot, "NUMPAGES", "1")
        for run in foot.runs:
            run.font.size, run.font.color.rgb = Pt(9), _GREY

    def _styles(self) -> None:
        """Set the styles; those of a template stay as they are, and what it does not have is added."""
        styles = self.file.styles
        if not self.is_ours:
            for name in _BUILT_IN:
                if name not in styles:
                    raise DataError(f"has no style {name!r}", file=self.template, advice=_TEMPLATE_ADVICE)
            self._added_styles()
            return
        defaults = styles.element.find(qn("w:docDefaults"))
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:val"), "en-GB")
        for name, size, colour, before, after in (
            ("Normal", 11, _INK, 0, 6),
            ("Title", 26, _BLUE, 0, 4),
            ("Subtitle", 14, _GREY, 0, 6),
            ("Heading 1", 18, _BLUE, 22, 8),
            ("Heading 2", 13, _BLUE, 14, 4),
            ("Caption", 10, _INK, 8, 4),
            ("List Bullet", 11, _INK, 0, 3),
        ):
            style = styles[name]
            style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), colour
            style.font.italic = False
            style.font.bold = name not in ("Normal", "Subtitle", "List Bullet")
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for spacing in style.element.rPr.findall(qn("w:spacing")):
                style.element.rPr.remove(spacing)
            for attribute in list(fonts.attrib):
                del fonts.attrib[attribute]
            for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{script}"), _FONT)
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
            style.paragraph_format.line_spacing = 1.15 if name in ("Normal", "List Bullet") else 1.0
            style.paragraph_format.widow_control = True
        title = styles["Title"].element.get_or_add_pPr()
        for border in title.findall(qn("w:pBdr")):
            title.remove(border)
        self._added_styles()

    def _added_styles(self) -> None:
        styles = self.file.styles
        missing = [name for name in ("Table text", "Small table text", "Note", "TOC 1") if name not in styles]
        for name in missing:
            styles.add_style(name, 1)
        small = styles["Table text"]
        small.base_style = styles["Normal"]
        small.font.size = Pt(9)
        small.paragraph_format.space_after, small.paragraph_format.line_spacing = Pt(0), 1.0
        smaller = styles["Small table text"]
        smaller.base_style = small
        smaller.font.size = Pt(8)
        note = styles["Note"]
        note.base_style = styles["Normal"]
        note.font.size, note.font.color.rgb = Pt(9), _GREY
        note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(3), Pt(10)
        note.paragraph_format.line_spacing, note.paragraph_format.keep_together = 1.0, True
        if "TOC 1" not in missing:
            return
        listing = styles["TOC 1"]
        listing.base_style = styles["Normal"]
        listing.paragraph_format.tab_stops.add_tab_stop(Cm(self.width_cm), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)

    def _properties(self) -> None:
        properties, day = self.file.core_properties, dt.datetime.fromisoformat(self.content.date_iso)
        properties.title = f"{self.content.title}: {self.content.authority}, {self.content.date_text}"
        properties.subject = self.content.subtitle
        properties.author = properties.last_modified_by = self.content.authority
        properties.keywords, properties.comments = "", "; ".join(self.content.marks)
        properties.language, properties.revision = "en-GB", 1
        properties.created = properties.modified = day

    def _front(self) -> None:
        self.file.add_paragraph(self.content.authority, style="Subtitle")
        self.file.add_paragraph(self.content.title, style="Title")
        self.file.add_paragraph(self.content.subtitle, style="Subtitle")
        self.file.add_paragraph(f"Prepared from data to {self.content.date_text}. {'. '.join(self.content.marks)}.")
        if self.content.is_brief:
            return
        label = self.file.add_paragraph("Contents", style="Subtitle")
        label.paragraph_format.space_before = Pt(14)
        entries = [(f"s_{part.key}", f"{number}. {part.title}") for number, part in enumerate(self.content.sections, 1)]
        parts.contents(self.file, entries, "TOC 1")
        if len(entries) > _FEW_SECTIONS:
            self.file.add_page_break()

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph(text):
                self.file.add_paragraph(text)
            case Heading(text):
                self.file.add_heading(text, level=2)
            case BulletList(items):
                for item in items:
                    self.file.add_paragraph(item, style="List Bullet")
            case Callout():
                self._callout(block)
            case Definitions(entries):
                for entry in entries:
                    paragraph = self.file.add_paragraph()
                    paragraph.add_run(f"{entry.term}. ").bold = True
                    paragraph.add_run(entry.meaning)
            case Table():
                self._table(block)
            case Figure():
                self._figure(block)

    def _callout(self, block: Callout) -> None:
        colour, fill = _TONES[block.tone]
        title, text = self.file.add_paragraph(), self.file.add_paragraph(block.text)
        title.add_run(block.title).bold = True
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(8), Pt(0)
        title.paragraph_format.keep_with_next = True
        text.paragraph_format.keep_together = True
        text.paragraph_format.space_after = Pt(10)
        for paragraph in (title, text):
            paragraph.paragraph_format.left_indent = Cm(0.4)
            parts.boxed(paragraph, colour, fill)

    def _caption(self, kind: str, number: int, text: str) -> Any:
        caption = self.file.add_paragraph(style="Caption")
        caption.add_run(f"{kind} ")
        parts.add_field(caption, f"SEQ {kind} \\* ARABIC", str(number))
        caption.add_run(f": {text}")
        return caption

    def _figure(self, block: Figure) -> None:
        number = next(self.figures)
        self._caption("Figure", number, block.caption).paragraph_format.keep_with_next = True
        holder = self.file.add_paragraph()
        holder.paragraph_format.keep_with_next = True
        holder.paragraph_format.space_after = Pt(2)
        picture = holder.add_run().add_picture(io.BytesIO(block.png), width=Cm(self.width_cm))
        properties = picture._inline.docPr
        properties.set("descr", block.alt)
        properties.set("name", f"Figure {number}")
        properties.set("title", block.caption)
        self.file.add_paragraph(block.source, style="Note")
        if block.data is not None:
            self._table(block.data)

    def _table(self, block: Table) -> None:
        self._caption("Table", next(self.tables), block.caption).paragraph_format.keep_with_next = True
        table = self.file.add_table(rows=len(block.rows) + 1, cols=len(block.columns))
        widths = parts.column_widths(block.columns, block.rows, self.width_cm)
        first_total = len(block.rows) - block.total_rows
        grid = [block.columns, *block.rows]
        cells = table._cells
        style = self.file.styles["Small table text" if len(block.columns) > parts.WIDE_COLUMNS else "Table text"]
        for line, texts in enumerate(grid):
            for place, text in enumerate(texts):
                cell = cells[line * len(block.columns) + place]
                paragraph = cell.paragraphs[0]
                paragraph.style = style
                if block.kinds[place] == "number":
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                run = paragraph.add_run(text)
                run.bold = line == 0 or (line > first_total and block.total_rows > 0)
                if line == 0:
                    parts.shade(cell, "E3EEF6")
                elif block.kinds[place] == "status":
                    run.bold = True
                    parts.shade(cell, _STATUS_FILL[STATUS_TONES.get(text[:1], "none")])
                # A short table stays whole; of a long one the first rows stay with the caption, the last together.
                if place == 0 and (len(grid) <= _WHOLE_ROWS or line in (0, 1, len(grid) - 2, len(grid) - 1)):
                    paragraph.paragraph_format.keep_with_next = True
        for row in table.rows:
            parts.keep_row_whole(row)
        parts.repeat_header(table.rows[0])
        parts.table_frame(table, widths, block.caption, " ".join(block.notes))
        self.file.add_paragraph(" ".join(block.notes), style="Note")
