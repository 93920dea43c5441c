"""No package below the screens puts words of ours into a plain text that a screen shows: there they could not become Urdu."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.source_trees import ROOT, tree

PACKAGES = ("jobs", "links", "locate", "priority", "law", "decode", "model", "wellbeing")
WORDS = re.compile(r"(?<![\w.:/-])[A-Za-z]{2,}(?![\w.:/-])")
SQL = re.compile(r"\b(SELECT|WHERE|FROM|AND|INSERT|UPDATE|DELETE|ORDER BY|WHEN|UNION)\b")
ALLOWED = {
    "triage/decode": "what a worker says to its host, and errors of the sandbox; details of ours: RESTRICTION_DETAILS",
    "triage/jobs/casework/corrections.py": "a command",
    "triage/jobs/exchange/receive.py": "the name of a field on the wire",
    "triage/jobs/judging/boilerplate.py": "a paragraph's key",
    "triage/jobs/keeping/duties.py": "the name of a duty; triage/ui/admin/start_page.py has its words",
    "triage/jobs/lists/list_reading.py": "remarks of the command line on a list",
    "triage/jobs/matching/groups.py": "the key of a group",
    "triage/jobs/reading/show.py": "a command",
    "triage/jobs/review": "kinds of entries of the audit log",
    "triage/jobs/casework/referral.py": "a paper for a body abroad or a court, in English",
    "triage/jobs/casework/shift.py": "columns of the shift's file; the screen has names of its own for the same lists",
    "triage/jobs/consent.py": "a paper: since when a person has an account",
    "triage/jobs/exchange/package_entries.py": "the name of an entry of a package",
    "triage/jobs/exchange/send.py": "the program's name and version",
    "triage/jobs/intake": "documents for a first reading, paths, the log",
    "triage/jobs/keeping/backup.py": "the command line's list of backups; the page of backups has its own words",
    "triage/jobs/keeping/check.py": "the command line's report of a check",
    "triage/jobs/keeping/machine_doctor.py": "a command for the system's administrator, in English as all commands",
    "triage/jobs/keeping/survey.py": "the certificate of a destruction, a paper",
    "triage/jobs/leaving": "papers and files for others, in English",
    "triage/jobs/requests": "letters, which have an Urdu form of their own",
    "triage/jobs/reading/queue_sheet.py": "columns of an exported queue",
    "triage/jobs/reading/show_work.py": "the command line's list of receipts",
    "triage/links/link_keys.py": "the key of a link",
    "triage/links/link_kinds.py": "an error of a table of rules",
    "triage/locate/rules.py": "an error of a table of rules",
    "triage/locate/tables.py": "an error of a shipped table",
    "triage/locate/ip.py": "a source of evidence, which is a key",
    "triage/locate/positions.py": "patterns",
    "triage/locate/written.py": "the key of a language that has no name",
    "triage/priority/edit.py": "lines of a rule file",
    "triage/priority/budget.py": "an error of a rule file",
    "triage/priority/roles.py": "an error of a rule file",
    "triage/priority/rules.py": "an error of a rule file",
    "triage/model/document.py": "the place of a value in its source, as importers keep it; screens name the page by its number",
    "triage/model/exports.py": "a sentence of a packet, a paper",
    "triage/model/match_way.py": "the command line's words of a match; triage/ui/text/match_way_words.py has those of the screens",
    "triage/model/role_words.py": "words of a verdict on papers and the command line",
    "triage/model/settings.py": "an error of a table",
    "triage/model/user_names.py": "a sentence whose number is put in once; `user 7`, which screens say with `name_person`",
}
"""Where a text with words may be put together, and why no screen shows it in an Urdu sentence."""


def test_words_are_messages_below_the_screens() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for package in PACKAGES
        for path in sorted((ROOT / "triage" / package).rglob("*.py"))
        if not str(path.relative_to(ROOT)).startswith(tuple(ALLOWED))
        for line, text in _find_worded(path)
    ]
    assert found == [], "give these as Message, or as values of their own"


def test_an_error_is_shown_as_its_message() -> None:
    """`str(error)` is English: it may only be a detail for the log."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "triage" / "jobs").rglob("*.py"))
        for call in _find_error_texts(tree(path))
    ]
    assert found == ["triage/jobs/matching/sweep_state.py:53"], "that one becomes a key, which has its Urdu"


def _find_worded(path: Path) -> Iterator[tuple[int, str]]:
    """Yields formatted texts that hold a word and a value, except what is raised or logged."""
    whole = tree(path)
    apart = {id(part) for node in ast.walk(whole) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    for node in ast.walk(whole):
        if isinstance(node, ast.JoinedStr) and id(node) not in apart:
            texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            words = {word for text in texts for word in WORDS.findall(str(text))} - {"UTC", "GB", "MB", "PSEB", "AS"}
            if words and len(texts) < len(node.values) and not any(SQL.search(str(text)) for text in texts):
                yield node.lineno, ast.unparse(node)


def _find_error_texts(whole: ast.AST) -> Iterator[ast.Call]:
    """Yields `str(error)` of a caught error or a parameter of that name, unless it is the detail of another."""
    details = {id(node.value) for node in ast.walk(whole) if isinstance(node, ast.keyword) and node.arg == "detail"}
    for node in ast.walk(whole):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "str"
            and any(isinstance(arg, ast.Name) and arg.id in ("error", "failure", "refusal") for arg in node.args)
            and id(node) not in details
        ):
            yield node
