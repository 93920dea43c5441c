"""Makes the validation report of this version, for a court or an auditor, from test runs and measured figures: `make validation`.

    python -m bench.validation --junit FILE... [--bench DIR] [--out DIR]

The report says what was tested with which outcome, which promises of SECURITY.md these tests guard, which figures were measured,
what is known not to be protected, and with which versions. What did not run is "not tested" and never counts as passed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from bench.suite.model import Result
from bench.suite.running import load_runs
from triage import __version__
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset

ROOT = Path(__file__).parents[1]
PASSED, FAILED, SKIPPED = "passed", "FAILED", "not tested"
MOST_LISTED = 200
TITLE = "Validation report"
MEANING = (
    "A program made this report from test runs of this version. It says what was tested and with which outcome. It does not say that "
    "the program is free of faults, and it judges no report and no person. What did not run stands as “not tested”."
)
TEST = (
    "A test runs a part of the program on invented input, and compares what comes out with what has to come out. It passes when both "
    "are the same."
)
PARTS = {
    "bench": "the program's own measurements and papers",
    "cli": "the command line",
    "decode": "the sandbox, in which media and documents are opened",
    "delivery": "how the program is delivered, installed and removed",
    "e2e": "whole days of work, from import to packet",
    "exports": "what leaves: packets, papers, their signatures",
    "triage_demo": "the invented reports for training and tests",
    "fuzz": "damaged and hostile input",
    "hashing": "hashes, and the comparison of images and videos",
    "importers": "reading of report documents and hash lists",
    "intents": "signs of danger in texts",
    "jobs": "the acts of users, and their rights",
    "law": "suggested sections of law",
    "links": "links between reports",
    "locate": "evidence of location",
    "model": "terms and calculations that all parts share",
    "outputs": "the form of every written file",
    "priority": "scores, bands and deadlines",
    "store": "the encrypted store, its audit log, keys and backups",
    "ui": "the desktop program",
}
"""What the folders of tests are about, for readers who are no engineers."""
WHOLE = "rules for the program as a whole"


@dataclass(frozen=True, slots=True)
class Case:
    """A test of a run: its file, its function, its outcome, and why it was skipped."""

    file: str
    function: str
    outcome: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of SECURITY.md with the tests that guard it, as (file, function or "")."""

    number: int
    title: str
    tests: tuple[tuple[str, str], ...]


def read_junit(paths: Iterable[Path]) -> list[Case]:
    """Returns the tests of JUnit files as pytest writes them. A test that ran several times fails if one of them failed."""
    found = []
    for path in paths:
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            outcome, reason = PASSED, ""
            for child in case:
                if child.tag in ("failure", "error"):
                    outcome = FAILED
                elif child.tag == "skipped" and outcome == PASSED:
                    outcome, reason = SKIPPED, child.get("message", "")
            # A test of a class has the class behind its module.
            # A module that could not be collected has its name in place of the test's.
            where = case.get("classname") or case.get("name", "")
            parts = [part for part in where.split(".") if not part[:1].isupper()]
            file = "/".join(parts) + ".py"
            function = case.get("name", "").partition("[")[0]
            found.append(Case(file, function, outcome, reason, float(case.get("time", "0"))))
    return found


def read_promises(page: str) -> list[Promise]:
    """Returns the promises of SECURITY.md."""
    text = page.partition("## Promises")[2].partition("## Assumptions")[0]
    found = []
    for part in re.split(r"(?m)^(?=\d+\. )", text)[1:]:
        number = int(part.partition(".")[0])
        title = re.search(r"\*\*(.*?)\*\*", part, re.DOTALL)
        tests = tuple((file, name or "") for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", part))
        found.append(Promise(number, " ".join(title[1].split()).rstrip(",.") if title else "", tests))
    return found


def read_limits(page: str) -> list[str]:
    """Returns what SECURITY.md says that an attacker can still do, and its assumptions, a sentence or point each."""
    text = page.partition("## Assumptions")[2]
    text = re.sub(r"(?m)^## .*$", "", text)
    return [
        " ".join(part.split()).replace("**", "").replace("`", "") for part in re.split(r"\n\s*\n|\n\s*\* ", text) if part.strip()
    ]


def judge_promise(promise: Promise, cases: Sequence[Case]) -> tuple[str, str]:
    """Returns the outcome of a promise's tests and a count. One failure fails it; one that did not run leaves it not tested."""
    outcomes: list[str] = []
    for file, function in promise.tests:
        ran = [case.outcome for case in cases if case.file == file and function in ("", case.function)]
        outcomes.append(_worst(ran))
    counted = Counter(outcomes)
    said = ", ".join(f"{counted[each]} {each}" for each in (PASSED, FAILED, SKIPPED) if counted[each])
    return _worst(outcomes), said


def _worst(outcomes: Sequence[str]) -> str:
    if FAILED in outcomes:
        return FAILED
    return PASSED if set(outcomes) == {PASSED} else SKIPPED


def make_blocks(
    cases: Sequence[Case], promises: Sequence[Promise], results: Sequence[Result], limits: Sequence[str]
) -> Iterator[Block]:
    """Yields the report."""
    counted = Counter(case.outcome for case in cases)
    yield HeadingBlock(TITLE)
    yield ParagraphBlock(MEANING, strong=True)
    yield Pairs(tuple(_describe_versions()))
    yield HeadingBlock("1. Tests", 2)
    yield ParagraphBlock(TEST)
    yield Pairs(
        (
            ("Tests that ran", f"{len(cases) - counted[SKIPPED]:,}"),
            ("Passed", f"{counted[PASSED]:,}"),
            ("Failed", f"{counted[FAILED]:,}"),
            ("Not tested", f"{counted[SKIPPED]:,}"),
            ("Processing time", f"{sum(case.seconds for case in cases) / 60:.0f} min"),
        )
    )
    yield Rows(("Part of the program", "Passed", "Failed", "Not tested"), tuple(_count_parts(cases)), (8, 2, 2, 2))
    yield from _list_cases("Tests that failed", [case for case in cases if case.outcome == FAILED])
    yield HeadingBlock("2. Promises", 2)
    yield ParagraphBlock("Each promise of SECURITY.md names tests. A promise is “passed” when all of them ran and passed.")
    rows = ((str(each.number), each.title, *judge_promise(each, cases)) for each in promises)
    yield Rows(("No.", "Promise", "Outcome", "Its tests"), tuple(rows), (1, 8, 2, 3))
    yield HeadingBlock("3. Figures", 2)
    yield from _list_figures(results)
    yield HeadingBlock("4. Known limits", 2)
    yield ParagraphBlock("What the program assumes, and what it does not protect against, in the words of SECURITY.md:")
    yield from (ParagraphBlock(each, small=True) for each in limits)
    skipped = [case for case in cases if case.outcome == SKIPPED]
    yield from _list_cases("Not tested in these runs", skipped)
    yield HeadingBlock("5. Versions of packages", 2)
    yield Rows(("Package", "Version"), tuple(_list_packages()), (4, 3))


def _describe_versions() -> Iterator[tuple[str, str]]:
    yield "Program", f"Triage {__version__}"
    yield "Source", _run_git("rev-parse", "HEAD") or "not known"
    changed = _run_git("status", "--porcelain")
    yield (
        "Changes to the source",
        "not known" if changed is None else "none" if not changed else "yes: the source is not that of the commit",
    )
    yield "Made", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield "System", f"Python {platform.python_version()} on {platform.system()} {platform.release()}, {platform.machine()}"


def _run_git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _count_parts(cases: Sequence[Case]) -> Iterator[tuple[str, ...]]:
    parts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        folder = case.file.removeprefix("tests/").partition("/")
        parts[PARTS.get(folder[0], folder[0]) if folder[1] else WHOLE][case.outcome] += 1
    for part, counted in sorted(parts.items()):
        yield part, *(f"{counted[each]:,}" for each in (PASSED, FAILED, SKIPPED))


def _list_cases(title: str, cases: Sequence[Case]) -> Iterator[Block]:
    """Yields a list of tests, or a sentence that there are none."""
    yield HeadingBlock(title, 3)
    if not cases:
        yield ParagraphBlock("None.")
        return
    listed = sorted({(f"{case.file}::{case.function}", case.reason or "no reason stated") for case in cases})
    yield Rows(("Test", "Reason"), tuple(listed[:MOST_LISTED]), (6, 5))
    if len(listed) > MOST_LISTED:
        yield ParagraphBlock(f"{len(listed) - MOST_LISTED} more are in the files of the test runs.", small=True)


def _list_figures(results: Sequence[Result]) -> Iterator[Block]:
    if not results:
        yield ParagraphBlock(
            "Not measured in this run. docs/measurements.md holds figures of earlier versions, with their dates."
        )
        return
    rows = tuple(
        (
            each.name,
            f"{each.size:,}",
            f"{each.value:.4g} {each.unit}",
            f"{each.bound:.4g} {each.unit} ({each.bound_name})",
            "MISSED" if each.is_missed() else "kept",
        )
        for each in results
    )
    yield Rows(("Figure", "Size", "Measured", "Limit or peer", "Outcome"), rows, (6, 2, 3, 4, 2))


def _list_packages() -> Iterator[tuple[str, str]]:
    for line in (ROOT / "requirements" / "base.txt").read_text("utf-8").splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line):
            try:
                installed = importlib.metadata.version(found[1])
            except importlib.metadata.PackageNotFoundError:
                installed = "not installed here"
            yield found[1], installed if installed == found[2] else f"{installed}; the lock names {found[2]}"


def format_markdown(blocks: Iterable[Block]) -> str:
    """Returns the report as Markdown."""
    parts = []
    for block in blocks:
        match block:
            case HeadingBlock(text=text, level=level):
                parts.append(f"{'#' * level} {text}")
            case ParagraphBlock(text=text, strong=strong):
                parts.append(f"**{text}**" if strong else text)
            case Pairs(rows=rows):
                parts.append("\n".join(["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in rows)]))
            case Rows(head=head, rows=rows):
                lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
                parts.append("\n".join([*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)]))
            case _:
                raise TypeError(block)
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the report; returns 1 when a test failed or none ran."""
    ask = argparse.ArgumentParser(prog="python -m bench.validation")
    ask.add_argument("--junit", type=Path, nargs="+", required=True)
    ask.add_argument("--bench", type=Path, default=ROOT / "build" / "bench" / "json")
    ask.add_argument("--out", type=Path, default=ROOT / "build" / "validation")
    options = ask.parse_args(arguments)
    cases = read_junit(options.junit)
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    results = [result for run in load_runs(options.bench) for result in run.results] if options.bench.is_dir() else []
    blocks = tuple(make_blocks(cases, read_promises(page), results, read_limits(page)))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "validation.md").write_text(format_markdown(blocks), "utf-8")
    (options.out / "validation.pdf").write_bytes(typeset(blocks, title=TITLE, footer=f"Triage {__version__}, {TITLE.lower()}"))
    print(f"Written: {options.out / 'validation.md'} and validation.pdf")
    return 0 if cases and all(case.outcome != FAILED for case in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
