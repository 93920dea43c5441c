"""How long a list of a seized device takes, from file to hits, and how much memory: 200,000 media by default.

    python bench/lists.py [--entries 200000] [--reports 2000] [--directory DIR]

Makes a Project VIC export of invented hashes with paths, a store of reports that declare some of them, and takes the list in
in a process of its own, whose peak memory is printed beside that of the same with a tenth of the entries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.lists.lists import add_list, list_hits
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.store.key_form import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "seven green boats"


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


def take(store: Path, vics: Path) -> None:
    """Run in a process of its own: its peak memory is the list's."""
    with Session(Store.open(store, "first", PASSPHRASE)) as session:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        summary = add_list(session, vics, name="device", kind="case", profile="US")
        added = time.perf_counter()
        found = list_hits(session, "device")
        asked = time.perf_counter()
        print(
            f"{summary.entries:,} entries ({vics.stat().st_size / 1e6:.0f} MB): added and matched in {added - started:.1f} s, "
            f"{len(found):,} hits told in {asked - added:.1f} s, "
            f"memory {before / 1024:.0f} MB before, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most"
        )
        for label in ("first", "next"):
            started = time.perf_counter()
            load_report_view(session, "910000001")
            print(f"  {label} report shown in {time.perf_counter() - started:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--reports", type=int, default=2_000)
    parser.add_argument("--directory", type=Path, default=Path("bench-lists"))
    parser.add_argument("--take", nargs=2, type=Path, metavar=("STORE", "LIST"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.take:
        take(*asked.take)
        return
    for entries in (asked.entries // 10, asked.entries):
        shutil.rmtree(asked.directory, ignore_errors=True)
        write_reports(asked.directory / "in", asked.reports, max(1, entries // asked.reports))
        write_vics(asked.directory / "device.json", entries)
        with Session(Store.create(asked.directory / "store", "first", PASSPHRASE, cost=CHEAP).store) as session:
            import_bundles(session, [asked.directory / "in"], receipt=Receipt())
        command = [sys.executable, __file__, "--take", str(asked.directory / "store"), str(asked.directory / "device.json")]
        subprocess.run(command, check=True)
    shutil.rmtree(asked.directory)


if __name__ == "__main__":
    main()
