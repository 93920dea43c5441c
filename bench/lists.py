"""How long lists take, from file to hits, and how much memory.

A row of the suite: `python -m bench lists`; its size is the media of a seized device. A Project VIC export of invented hashes with paths,
and a plain list of SHA-1 hashes with more rows, are added to a store of reports that declare some of them.
"""

from __future__ import annotations

import hashlib
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from bench.suite.model import Place, Result
from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.lists.lists import add_list, list_hits
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.store.key_form import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "seven green boats"
PLAIN_TIMES = 5  # rows of the plain list for each medium
MEDIA_A_REPORT = 100  # a list of known material has every report judged anew: as many rows stand beside a report at each size
MEDIA_A_SECOND, ROWS_A_SECOND = 8_000.0, 67_000.0
"""At least. IPED takes in 67,000 rows a second of a plain list."""
MEMORY_MB, SHOWN_MS = 220.0, 50.0


def make_digest(kind: str, n: int) -> str:
    """Returns an invented digest in upper-case hex."""
    return hashlib.new(kind, b"medium %d" % n, usedforsecurity=False).hexdigest().upper()


def write_vics(path: Path, entries: int) -> None:
    """Writes a VICS file of a seized device with so many entries."""
    with path.open("w", encoding="utf-8") as out:
        out.write('{"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases",\n')
        out.write('"value": [{"CaseID": "00000000-0000-4000-8000-000000000001", "CaseNumber": "BENCH", "Media": [\n')
        for n in range(entries):
            md5, name = make_digest("md5", n), f"picture_{n}.jpg"
            folder = f"E:\\Users\\owner\\Pictures\\{n % 977}"
            media = {
                "MediaID": n + 1,
                "Category": (None, 0, 1, 2, 4)[n % 5],
                "MD5": md5,
                "SHA1": make_digest("sha1", n),
                "MediaSize": 100_000 + n,
                "RelativeFilePath": f"VIC_Files\\{name}",
                "MimeType": "image/jpeg",
                "DateUpdated": "2026-01-05T10:00:00.0000000Z",
                "IsPrecategorized": "false",
                "VictimIdentified": n % 7 == 0,
                "OffenderIdentified": False,
                "IsDistributed": None,
                "Series": f"series {n % 40}" if n % 9 == 0 else None,
                "Tags": "",
                "AlternativeHashes": [{"MD5": md5, "HashName": "PDQ", "HashValue": hashlib.sha256(b"%d" % n).hexdigest()}],
                "Exifs": [{"MD5": md5, "PropertyName": "Model", "PropertyValue": "bench"}],
                "MediaFiles": [{"MD5": md5, "FileName": name, "FilePath": f"{folder}\\{name}", "Deleted": False}],
            }
            out.write(("" if n == 0 else ",\n") + json.dumps(media))
        out.write("\n]}]}\n")


def write_reports(folder: Path, reports: int, every: int) -> None:
    """Each declares the MD5 of three files; the third is on the list."""
    folder.mkdir(parents=True)
    for n in range(reports):
        files = [{"filename": f"{n}_{k}.jpg", "verificationHash": make_digest("md5", 10**7 + 3 * n + k)} for k in range(2)]
        files.append({"filename": f"{n}_2.jpg", "verificationHash": make_digest("md5", n * every)})
        document = {
            "reportId": str(910_000_000 + n),
            "reportedInformation": {
                "incidentSummary": {"incidentType": "Apparent Child Pornography", "incidentDateTime": "2026-10-01T05:00:00Z"},
                "uploadedFiles": {"uploadedFiles": files},
            },
        }
        (folder / f"{n}.json").write_text(json.dumps(document))


def write_hashes(path: Path, rows: int) -> None:
    """Writes a plain list of SHA-1 hashes, as a reference set has them."""
    with path.open("w", encoding="utf-8") as out:
        out.write("SHA-1\n")
        out.writelines(make_digest("sha1", 10**8 + n) + "\n" for n in range(rows))


def measure_lists(size: int, place: Place) -> Iterator[Result]:
    """Yields rate, hits and memory of a device's list and of a plain one."""
    folder = place.scratch
    reports = max(10, size // MEDIA_A_REPORT)
    write_reports(folder / "in", reports, max(1, size // reports))
    write_vics(folder / "device.json", size)
    write_hashes(folder / "plain.txt", size * PLAIN_TIMES)
    with Session(Store.create(folder / "store", "first", PASSPHRASE, cost=CHEAP).store) as session:
        import_bundles(session, [folder / "in"], receipt=Receipt())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        summary = add_list(session, folder / "device.json", name="device", kind="case", profile="US")
        spent = time.process_time() - begun
        yield Result("media of a device's export", 0, summary.entries / spent, "/s", MEDIA_A_SECOND, better="higher")
        found = list_hits(session, "device")
        yield Result("planted hits found", 0, len({each.report_id for each in found}) / reports, "of all", 1, better="higher")
        begun = time.process_time()
        add_list(session, folder / "plain.txt", name="plain", kind="known", profile=None)
        spent = time.process_time() - begun
        yield Result("rows of a plain list", 0, size * PLAIN_TIMES / spent, "/s", ROWS_A_SECOND, better="higher")
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        yield Result("memory more than before", 0, grown, "MB", MEMORY_MB)
        begun = time.process_time()
        load_report_view(session, "910000001")
        yield Result("a report with a hit is shown", 0, (time.process_time() - begun) * 1000, "ms", SHOWN_MS)
