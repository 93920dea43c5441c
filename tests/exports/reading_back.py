"""Readers that are not ours for what exports write, and who made them."""

from __future__ import annotations

import csv
import io

import openpyxl
import pypdfium2

from triage.model.exports import About
from triage.model.users import Officer, Profile

URDU = "یہ تصویر پل کی ہے"
OFFICER = Officer(
    user="amina",
    profile=Profile(full_name="Amina Example"),
    agency_name=f"Agency {URDU}",
    agency_address="1 Kite Road",
    clock_source="",
)
ABOUT = About(
    made="2026-11-20T07:00:00Z", by="amina", tool="Triage 1", system="Linux", fingerprint="ab" * 32, clock="the machine's", rules="2026.11 sha256:1",
    officer=OFFICER,
)  # fmt: skip


def read_csv(data: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=separator, strict=True))


def read_book(data: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


def read_pdf(data: bytes) -> list[str]:
    """Returns the text of each page on one line."""
    with pypdfium2.PdfDocument(data) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
