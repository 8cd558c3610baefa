"""A PDF as receipts and statements are: paper, fonts, paragraphs, tables, page numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from services.payments.documents.pdf_fonts import fonts_for
from services.payments.settings import PaymentsSettings

# Millimetres of line height for a point of its size.
LEADING = 0.55
# What the number of pages is written for until it is known: a control character, which no text has.
PAGES = "\x01\x01\x01\x01"
# The letters before it, Latin, Greek and Cyrillic, stand one beside the other as they are.
FIRST_SHAPED = "\u0530"


class Column(NamedTuple):
    """A column of a table; its width in millimetres."""

    title: str
    width: float
    align: Align = Align.L


class Sheet(FPDF):
    """An A4 document in English, on which `text` is all that will be written."""

    def __init__(
        self,
        title: str,
        text: str,
        settings: PaymentsSettings,
        at: datetime,
        orientation: Literal["portrait", "landscape"] = "portrait",
    ) -> None:
        super().__init__(orientation=orientation)
        self.set_lang("en")
        self.set_title(title)
        self.set_creator(settings.issuer)
        self.set_creation_date(at)
        self.alias_nb_pages(PAGES)
        fonts = fonts_for(text, settings.receipt_font)
        for font in (fonts.main, *fonts.others):
            self.add_font(font.family, fname=font.path)
        self.family, self.substitutes = fonts.main.family, fonts.substitutes
        self.set_fallback_fonts([font.family for font in fonts.others], exact_match=False)
        self.add_page()

    def footer(self) -> None:
        """The number of the page."""
        self.set_y(-12)
        self.set_font(self.family, size=8)
        self.set_text_shaping(False)
        self.cell(0, 6, f"Page {self.page_no()} of {PAGES}", align=Align.R)

    def paragraph(self, text: str, size: float = 11, gap: float = 0) -> None:
        """Writes a paragraph, with `gap` millimetres after it."""
        self.set_font(self.family, size=size)
        text = self._prepare(text)
        self.multi_cell(0, size * LEADING, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(gap)

    def write_table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        totals: Iterable[Sequence[str]],
        size: float,
    ) -> None:
        """Writes the titles of the columns, again on every page, the rows, and below a line the
        totals. A text that is too long goes on in further lines.
        """
        self.set_font(self.family, size=size)
        height, titles = size * LEADING * 1.2, [column.title for column in columns]
        self._row(columns, titles, height)
        self._rule()
        for row in rows:
            if self._row(columns, row, height, must_fit=True):
                continue
            self.add_page()
            self._row(columns, titles, height)
            self._rule()
            self._row(columns, row, height)
        self._rule()
        for row in totals:
            self._row(columns, row, height)

    def _row(
        self,
        columns: Sequence[Column],
        texts: Sequence[str],
        height: float,
        *,
        must_fit: bool = False,
    ) -> bool:
        """Writes a row of lines of that `height`; False, and nothing is written, if it `must_fit`
        on the page and does not.
        """
        cells = list(zip(columns, texts, strict=True))
        lines = [self._lines(text, column.width) for column, text in cells]
        if must_fit and self.will_page_break(max(lines) * height):
            return False
        y = self.y
        x = self.l_margin
        for (column, text), count in zip(cells, lines, strict=True):
            self.set_xy(x, y)
            text = self._prepare(text)
            if count == 1:
                self.cell(column.width, height, text, align=column.align)
            else:
                self.multi_cell(column.width, height, text, align=column.align)
            x += column.width
        self.set_xy(self.l_margin, y + max(lines) * height)
        return True

    def _lines(self, text: str, width: float) -> int:
        """How many lines a text takes in a column of that width."""
        text = self._prepare(text)
        if self.get_string_width(text) <= width - 2 * self.c_margin:
            return 1
        parts = self.multi_cell(width, 1, text, dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(parts, list)
        return len(parts)

    def _rule(self) -> None:
        self.line(self.l_margin, self.y, self.l_margin + self.epw, self.y)

    def _prepare(self, text: str) -> str:
        """The text in characters that the fonts have. Has its letters joined and put in order where
        their script wants it: Arabic letters have joined forms, and Hebrew runs from right to left
        like Arabic. That takes four times as long, so other texts go without.
        """
        is_plain = all(character < FIRST_SHAPED for character in text)
        self.set_text_shaping(not is_plain, direction="ltr")
        return text.translate(self.substitutes)


def issued_by(settings: PaymentsSettings, on_behalf: str = "") -> list[str]:
    """Who issues a document, as tax law wants it, a line each."""
    return [
        f"Issued by {settings.issuer}{on_behalf}",
        *settings.issuer_address,
        *([f"Tax number: {settings.receipt_tax_id}"] if settings.receipt_tax_id else []),
        *([settings.receipt_note] if settings.receipt_note else []),
    ]
