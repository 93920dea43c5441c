"""Puts a folder of strangers' files through the import, and says what became of each.

    python -m bench.hostile --files DIR [--kind media|documents] [--group N] [--report FILE]

Every file ends as one of: a report, evidence that was measured, evidence that could not be decoded, opened (archives), skipped
(junk), or set aside with its bytes. Anything else is a fault of ours and makes the exit code 1: an exception that is no
sentence for a person, a dead or silent host process, bytes that are nowhere, something written outside the store, a store
that does not check.

Files are imported in small groups, and a group over which something goes wrong again, one file at a time. The import runs in a
child process with a store, a home and a temporary folder of its own. A child that says nothing for --patience seconds is a hang:
its stacks are printed, it is ended, and the next child goes on. Workers may die; the host may not.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PASSPHRASE = "seven green boats"
SLOWEST = 8


class Faults(list[str]):
    """Faults of ours, each printed when it is added."""

    def add(self, what: str) -> None:
        self.append(what)
        print("FAULT", what, flush=True)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--files", type=Path, required=True)
    ask.add_argument("--kind", choices=("media", "documents"), default="documents")
    ask.add_argument("--group", type=int, default=25, help="files an import")
    ask.add_argument(
        "--patience", type=float, help="seconds of silence that are a hang (documents 20, media 90: a decoder has 60)"
    )
    ask.add_argument("--report", type=Path, help="a line of JSON a file")
    ask.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = ask.parse_args()
    if options.child:
        return child(options.child)
    files = sorted(p.resolve() for p in options.files.rglob("*") if p.is_file())
    groups = [files[n : n + options.group] for n in range(0, len(files), options.group)]
    with tempfile.TemporaryDirectory(prefix="triage-hostile-") as scratch:
        return run(Path(scratch), groups, options.patience or (20 if options.kind == "documents" else 90), options.report)


def run(scratch: Path, groups: list[list[Path]], patience: float, report: Path | None) -> int:
    faults, fates, reasons, slow = Faults(), Counter[str](), Counter[str](), []
    for name in ("home", "tmp"):
        (scratch / name).mkdir()
    make_store(scratch)
    with (report or Path(os.devnull)).open("w") as lines:
        while groups:
            for told in outcomes(scratch, groups, patience):
                group = groups.pop(0)
                if told["error"] and len(group) > 1:
                    groups[:0] = [[path] for path in group]
                    break
                slow.append((told["seconds"], f"{group[0]} and {len(group) - 1} more" if len(group) > 1 else str(group[0])))
                if told["error"]:
                    faults.add(f"{told['error']}: {group[0]}")
                for file in told["files"]:
                    fates[file["fate"]] += 1
                    reasons.update(file["reasons"])
                    if file["fate"] == "nowhere" and not told["error"]:
                        faults.add(f"nothing is kept of {file['path']}")
                    lines.write(json.dumps(file) + "\n")
                lines.flush()
                if told["ended"]:
                    break
    outside = [p for name in ("home", "tmp") for p in (scratch / name).rglob("*") if p.is_file()]
    faults.extend(f"written outside the store: {p.relative_to(scratch)}" for p in outside)
    problems = check_store(scratch)
    faults.extend(f"the store does not check: {problem}" for problem in problems)
    print_summary(fates, reasons, slow, faults)
    return 1 if faults else 0


def print_summary(fates: Counter[str], reasons: Counter[str], slow: list[tuple[float, str]], faults: list[str]) -> None:
    """Prints how many files met which fate, the slowest files and the faults."""
    print(f"{fates.total()} files:", ", ".join(f"{n} {fate}" for fate, n in fates.most_common()))
    for reason, n in reasons.most_common(40):
        print(f"  {n:6} {reason}")
    for seconds, path in sorted(slow, reverse=True)[:SLOWEST]:
        print(f"  {seconds:6.1f} s  {path}")
    print(f"{len(faults)} faults")
    for fault in faults:
        print("  ", fault)


def outcomes(scratch: Path, groups: list[list[Path]], patience: float) -> Iterator[dict]:
    """What one child tells of each group in its order; the last one when it hung or died over it."""
    work = scratch / "work.json"
    work.write_text(json.dumps({"store": str(scratch / "store"), "groups": [[str(p) for p in group] for group in groups]}))
    environment = {**os.environ, "HOME": str(scratch / "home"), "TMPDIR": str(scratch / "tmp")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.hostile", "--files", ".", "--child", str(work)], stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    waiting, rest = len(groups), b""
    try:
        while waiting:
            ready, _, _ = select.select([process.stdout], [], [], patience)
            data = os.read(process.stdout.fileno(), 1 << 16) if ready else b""
            if not data:
                if not ready:
                    process.send_signal(signal.SIGUSR1)
                    time.sleep(1)
                error = f"the host died ({process.wait()})" if ready else f"nothing for {patience:.0f} s"
                yield {"seconds": patience, "error": error, "files": [], "ended": True}
                return
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                if line.startswith(b"{"):
                    waiting -= 1
                    yield {**json.loads(line), "ended": False}
    finally:
        process.kill()
        process.wait()


def make_store(scratch: Path) -> None:
    """Makes an empty store for the imports."""
    from triage.store.key_form import Cost
    from triage.store.store import Store

    Store.create(scratch / "store", "first", PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1)).store.close()


def check_store(scratch: Path) -> tuple[str, ...]:
    """Returns the problems that a check of the store finds."""
    from triage.jobs.keeping.check import check_store
    from triage.jobs.session import unlock

    with unlock(scratch / "store", "first", PASSPHRASE) as session:
        return tuple(check_store(session).problems)


def child(work: Path) -> int:
    from triage import hardening
    from triage.jobs.session import unlock

    faulthandler.register(signal.SIGUSR1, all_threads=True)
    hardening.harden()
    told = json.loads(work.read_text())
    with unlock(Path(told["store"]), "first", PASSPHRASE) as session:
        for group in told["groups"]:
            sys.stdout.write(json.dumps(import_group(session, [Path(p) for p in group])) + "\n")
            sys.stdout.flush()
    return 0


def import_group(session, paths: list[Path]) -> dict:
    from triage.errors import WorldError
    from triage.jobs.intake.import_bundles import import_bundles
    from triage.model.handover import Receipt

    started, error, result = time.monotonic(), "", None

    def alive(_: object) -> None:
        sys.stdout.write(".\n")
        sys.stdout.flush()

    try:
        result = import_bundles(session, paths, receipt=Receipt(), on_progress=alive)
    except WorldError as refused:
        error = f"the whole import was refused: {refused}"
    except Exception as fault:  # what this bench is for
        trace = fault.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
        error = f"{type(fault).__name__}: {fault} ({where})"
    seconds = time.monotonic() - started
    files = [find_fate(session, path, result) for path in paths] if result else [
        {"path": str(p), "fate": "nowhere", "reasons": []} for p in paths
    ]  # fmt: skip
    return {"seconds": round(seconds, 2), "error": error, "files": files}


def find_fate(session, path: Path, result) -> dict:
    """Returns what became of a file."""
    from triage.jobs.codec import facts_from_bytes
    from triage.store.queries import bundles, media

    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    aside = [str(q.reason) for q in result.quarantined if path.name in split_path(q.path)]
    junk = [str(s.reason) for s in result.skipped if path.name in split_path(s.path)]
    with session.reading() as db:
        medium = media.find_media_item(db, sha256)
        original = bundles.has_original(db, sha256)
        lost = None if medium or original else lost_of(db, data, aside + junk)
    facts = facts_from_bytes(medium.facts) if medium is not None and medium.facts else None
    if facts is not None and facts.problem:
        kind, reasons = "kept, not decoded", [f"{'set aside: ' if aside else ''}{facts.problem}"]
    elif medium is not None:
        kind, reasons = "measured" if facts else "kept, not measured", []
    elif original:
        kind, reasons = ("set aside whole", aside) if aside else ("read as a document", [])
    elif lost is not None:
        kind, reasons = ("nowhere", lost) if lost else ("opened", aside)
    else:
        kind, reasons = ("skipped as junk", []) if junk else ("nowhere", aside)
    return {"path": str(path), "fate": kind, "reasons": reasons}


def split_path(path: str) -> list[str]:
    """Returns the parts of a path in a bundle."""
    return path.replace("!/", "/").split("/")


def lost_of(db, data: bytes, aside: list[str], depth: int = 0) -> list[str] | None:
    """Entries of a zip of which the store holds no bytes, though Python reads them; None when it is no zip.

    With entries set aside, which ones can't be told by their bytes alone: then nothing is claimed.
    """
    from triage.store.queries import bundles, media

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(i.filename, archive.read(i)) for i in archive.infolist() if not i.is_dir()]
    except Exception:
        return [] if aside else None
    lost = []
    for name, content in entries:
        sha256 = hashlib.sha256(content).hexdigest()
        held = media.find_media_item(db, sha256) is not None or bundles.has_original(db, sha256)
        if not held and (depth == 8 or lost_of(db, content, aside, depth + 1) != []):
            lost.append(name)
    return [] if aside else lost


if __name__ == "__main__":
    sys.exit(main())
