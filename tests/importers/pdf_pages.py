"""Report PDFs drawn for the tests in the dialects that are known, and the text that PDFium finds in them."""

from __future__ import annotations

from fpdf import FPDF
from pypdfium2 import PdfDocument

Pages = list[list[str | tuple[str, str]]]
"""Lines a page; a pair stands in two columns."""

MD5 = "e07db0b27893a41573453510ee2dceed"
UUID = "3f2a9c10-aaaa-4bbb-8ccc-0123456789ab"
CONTENTS = [
    "Contents",
    "Section A: Reported Information .......... 3",
    "Reporting Electronic Service Provider (ESP) .......... 3",
    "Incident Information .......... 3",
    "Suspect 1 .......... 4",
    "Uploaded File Information .......... 4",
    "Section B: Automated Information Added by NCMEC Systems .......... 5",
    "Section C: Additional Information Provided by NCMEC .......... 6",
    "Section D: Law Enforcement Contact Information .......... 6",
    "Explanations",
    "Section A: what the provider reported",
    "Priority Level: 9 is not a level",
    "IP Address: an address of the user",
    "Section B: what was looked up",
]
ABROAD: Pages = [
    [
        "CyberTipline Report 900000001",
        "Priority Level: E",
        "(Report submitted by an Electronic Service Provider)",
        "Received by NCMEC on 02-03-2026 04:05:06 UTC",
        "All dates are displayed as MM-DD-YYYY",
        "Executive Summary",
        "The following is a brief overview. Questions to help@ncmec.example.invalid",
        "Incident Type: Apparent Child Pornography (Unconfirmed)",
        "Total Uploaded Files: 2",
        "Summary of ESP Reported Child Victim Information",
        "Information Not Provided",
        "Date PDF Generated: 02-04-2026 05:06:07 UTC",
    ],
    CONTENTS,
    [
        "Section A: Reported Information",
        "The following information was submitted to the CyberTipline",
        "Reporting Electronic Service Provider (ESP)",
        ("Submitter:", "Point of Contact for Law Enforcement:"),
        ("Kite Messenger, Inc.", "Email: le@kite.example.invalid"),
        "Business Address:",
        "1 Harbour Road",
        "Company Information",
        "Write to legal@kite.example.invalid or +1 202 555 0100",
        "Incident Information",
        "Incident Type: Child Pornography (possession, manufacture, and distribution)",
        "Incident Time: 02-01-2026 10:11:12 UTC",
        "Description of Incident Time: time of the upload",
        "Chat Service/IM Client: Kite",
        "https://example.invalid/p/1",
        "Suspect 1",
        "Name: Amal Kite",
        "Mobile Phone: +923000000123 (Verified 01-02-2026 03:04:05 UTC)",
        "Date of Birth: 01-01-1990",
        "Approximate Age: 36",
        "Home Email Address: Kite@mail.example.invalid (Verified)",
        "Email Address: second@mail.example.invalid",
        "Screen/User Name: kite_flyer",
        "Display Name: Kite One",
        "ESP User ID: 100000000000077",
        "Profile URL: https://kites.example.invalid/u/77",
        "Estimated Location: Lahore, PB, PK",
        "Prior CT Reports: 900000007, 900000008,",
        "900000009",
        "Shoe Size: 44",
        "IP Address: 203.0.113.5 (Login)",
        "Port: 40123",
        "02-01-2026 09:00:00 UTC",
        "IP Address: 2001:0db8:0000:0000:0000:0000:0000:0007 (Other)",
        "IP Address: 203.0.113.6 (Registration)",
        "02-01-2026 08:00:00 UTC",
        "IMEI: 490154203237518",
    ],
    [
        "Additional Information",
        "Full Name: Amal K. Boats",
        "Reach me at boat@example.invalid",
        "Recipient 1",
        "Screen/User Name: lantern",
        "Email Address: (Information Not Provided by Company)",
        "Uploaded File Information",
        "Number of uploaded files: 2",
        "Filename: 3f2a9c10-aaaa-4bbb-",
        "8ccc-0123456789ab.png",
        f"MD5: {MD5}",
        "Did Reporting ESP view entire contents of uploaded",
        "file? Yes",
        "Did Reporting ESP view the EXIF of uploaded file? (Information Not Provided by Company)",
        "Were entire contents of uploaded file publicly available? No",
        "Image Categorization by ESP: A1",
        "Original Filename: IMG_1.png",
        "Source Information:",
        "Type Value Event Date/Time",
        "IP Address 203.0.113.5 Upload 02-01-2026 10:11:12 UTC",
        "Additional Information:",
        "seen in a group",
        "Filename: second.png",
        "MD5: d41d8cd98f00b204e9800998ecf8427e",
        "This concludes Section A",
        "CyberTipline Report 900000001 | 4",
    ],
    [
        "Section B: Automated Information Added by NCMEC Systems",
        "Explanation of Automated Information",
        "Further Information on Uploaded Files",
        "IP Geo-Lookup (Suspect 1)",
        "IP Address Country Region City Metro Area Postal Code Area",
        "Code Lat/Long ISP/Org",
        "203.0.113.5 PK Punjab Lahore 54000 31.5/74.3 Example",
        "Telecom",
        "2001:db8::7 PK Sindh Karachi 24.8/67.0 Example Net",
        "Deconfliction",
        "900000042",
        "Section C: Additional Information Provided by NCMEC",
        "NCMEC Incident Type: Auto-referred International",
        "Section D: Law Enforcement Contact Information",
        "Investigator: Officer Boat, officer@police.example.invalid",
        "Time/Date was made available: 02-05-2026 06:07:08 UTC",
    ],
    ["This report has no further pages. 1 800 555 0199"],
]
AT_HOME: Pages = [
    [
        "National Center",
        "CyberTipline Report #900000002",
        "Priority Level: 1",
        "Received by NCMEC on 02-03-2026 04:05:06 UTC",
        "Total Uploaded Files: 0",
    ],
    ["Contents", "Section A: Reported Information 3", "Section B: Automated Information 3"],
    [
        "Section A: Reported Information",
        "Submitter:",
        "Boat Mail",
        "Incident Information",
        "Incident Type: Online Enticement of Children for Sexual Acts",
        "Incident Time: 02-01-2026 10:11:12 UTC",
        "Suspect",
        "Phone Number: 0300 0000124",
        "Email Address:",
        "boat@mail.example.invalid",
        "Profile URL https://boats.example.invalid/u/8",
        "IP Address: 203.0.113.8 (Login)",
        "02-01-2026 09:00:00 UTC",
        "Victim",
        "Approximate Age: 13",
        "This concludes Section A",
        "Section B: Automated Information",
    ],
]


def pdf(pages: Pages, **security: object) -> bytes:
    made = FPDF()
    made.set_font("helvetica", size=9)
    for page in pages:
        made.add_page()
        for line in page:
            if isinstance(line, tuple):
                made.cell(70, 5, line[0])
                line = line[1]
            made.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    if security:
        made.set_encryption(**security)
    return bytes(made.output())


def text_of(data: bytes) -> tuple[str, ...]:
    """As the confined worker reads it."""
    with PdfDocument(data) as document:
        return tuple(page.get_textpage().get_text_range() for page in document)
