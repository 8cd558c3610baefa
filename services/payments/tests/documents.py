"""PDFs as people read them: with PDFium, the engine of a browser."""

from __future__ import annotations

import pypdfium2 as pdfium


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pdfium.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]
