"""Description sheets: what each file is, in fixed neutral words of English and Urdu. No picture, and nothing of what it shows.

Only a person's grade says what a file shows, in the words of the grade.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.model.packet import Packet
from triage.model.provider_marks import name_annotation
from triage.model.views import ShowFile

_URDU = {
    "Description of a file": "فائل کی تفصیل",
    "Exhibit": "ایگزیبٹ",
    "Report": "رپورٹ",
    "Kind": "قسم",
    "Size": "حجم",
    "Dimensions": "پیمائش",
    "Length": "دورانیہ",
    "Declared by the provider": "فراہم کنندہ کا بیان",
    "Marks of the source": "ماخذ کے نشان",
    "Viewed by the provider": "فراہم کنندہ نے دیکھی",
    "Known from lists": "فہرستوں سے معلوم",
    "Grade": "درجہ",
    "image": "تصویر",
    "video": "ویڈیو",
    "text or document": "متن یا دستاویز",
    "unknown": "نامعلوم",
    "not received": "موصول نہیں ہوئی",
    "not stated": "بیان نہیں ہوا",
    "not graded": "درجہ نہیں دیا گیا",
    "yes": "ہاں",
    "no": "نہیں",
    "exact": "بعینہ وہی",
    "near": "ملتی جلتی",
    "possible": "ممکنہ طور پر",
    "held for review": "جائزے کے لیے روکی گئی",
    "not known": "معلوم نہیں",
    "not checked": "چیک نہیں ہوا",
    "abuse material": "بچوں سے زیادتی کا مواد",
    "exploitive": "استحصالی",
    "age uncertain": "عمر غیر یقینی",
    "adult": "بالغ",
    "innocent family or medical picture": "معصوم خاندانی یا طبی تصویر",
    "drawing or made by a machine": "خاکہ یا مشین سے بنی",
    "not pertinent": "غیر متعلقہ",
}
"""English word of a sheet -> Urdu."""
_NOTE = (
    "This sheet describes a file without showing it. Kind, size and digests are of the stored bytes. A provider's words are those"
    " of the provider. A grade is that of the persons named."
)
_NOTE_URDU = (
    "یہ صفحہ فائل دکھائے بغیر اسے بیان کرتا ہے۔ قسم، حجم اور ہیش محفوظ بائٹ کے ہیں۔"
    " فراہم کنندہ کے الفاظ فراہم کنندہ کے ہیں۔ درجہ نامزد افراد کا ہے۔"
)


def make_sheets(packet: Packet) -> Iterator[Block]:
    """Yields the blocks of descriptions.pdf: a sheet for each file of the packet."""
    for report in packet.reports:
        for file in report.show.files:
            yield HeadingBlock(f"Description of a file · {_URDU['Description of a file']}", new_page=True)
            yield Rows(("", "English", "اردو"), tuple(_list_rows(report.show.report_id, file)), (4, 9, 6))
            yield Rows(("Digest", "Value"), tuple(_list_digests(file)), (2, 9))
            yield ParagraphBlock(_NOTE, small=True)
            yield ParagraphBlock(_NOTE_URDU, small=True)


def _list_rows(number: str, file: ShowFile) -> Iterator[tuple[str, str, str]]:
    """Yields (label, English, Urdu)."""
    kind = _name_kind(file)
    verdict = file.verdict
    marks = ", ".join(str(name_annotation(name)) for name in file.annotations)
    graded = f"{verdict.grade}; {verdict.grade_says}" if verdict.grade else verdict.ungraded_words
    for label, english, word in (
        ("Exhibit", file.exhibit or "not received", file.exhibit or "not received"),
        ("Report", number, number),
        ("Kind", f"{kind} ({file.mime})" if file.mime else kind, kind),
        ("Size", "not received" if file.size is None else f"{file.size:,} bytes", "not received" if file.size is None else ""),
        ("Length", "", "") if file.duration_ms is None else ("Length", f"{file.duration_ms / 1000:.1f} s", ""),
        ("Declared by the provider", f"class {file.classification}" if file.classification else "not stated", "not stated"),
        ("Marks of the source", marks or "not stated", "" if marks else "not stated"),
        ("Viewed by the provider", _name_truth(file.viewed_by_esp), _name_truth(file.viewed_by_esp)),
        ("Known from lists", f"{verdict.known}. {verdict.why}", verdict.known),
        ("Grade", graded, verdict.grade or verdict.ungraded_words),
    ):
        if english:
            yield f"{label}\n{_URDU[label]}", english, _URDU.get(word, word or english)


def _list_digests(file: ShowFile) -> Iterator[tuple[str, str]]:
    """Yields (name, digest)."""
    for name, value in (("MD5", file.md5), ("SHA-1", file.sha1), ("SHA-256", file.sha256)):
        yield name, value or "not stated"


def _name_kind(file: ShowFile) -> str:
    """Returns the kind of a file by what was measured of its bytes."""
    if not file.present:
        return "not received"
    kind = (file.mime or "").partition("/")[0]
    return {"image": "image", "video": "video", "text": "text or document", "application": "text or document"}.get(
        kind, "unknown"
    )


def _name_truth(value: bool | None) -> str:
    """Returns "yes", "no" or "not stated"."""
    return "not stated" if value is None else "yes" if value else "no"
