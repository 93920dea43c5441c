"""No statement reads through a table that grows with the reports, except where it has to: the plans of all statements of the store.

Statements are read out of the source of triage/store/queries: their texts are computed as far as the modules alone determine them.
The plan depends on the schema only, since no store keeps statistics of its tables for the planner.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3

from triage.store import queries
from triage.store.database import add_digest_function
from triage.store.migrations import load_migrations

CALLS = ("all", "first", "value", "each", "execute", "executemany", "insert")
LEAST_SHARE = 0.93
"""Of the statements that have to be understood; the others are put together from arguments."""
GROWING = {
    *("report", "report_number", "report_version", "source", "report_digest", "score_card", "queue", "deadline", "link_key"),
    *("report_link", "cluster", "cluster_size", "file", "file_hash", "file_warning", "media_item", "image_hashes", "video"),
    *("media_match", "possible_match", "rejected_match", "video_match", "frame_match", "list_match", "list_hash", "list_entry"),
    *("list_block", "media_seen", "decision", "grade", "audit_entry", "vault_item", "original", "bundle_entry", "quarantined"),
    *("case_file", "case_stage", "case_number", "case_report", "request", "request_line", "request_reply", "reply_row"),
    *(
        "grade_work",
        "grade_changed",
        "case_present",
        "destruction",
        "preservation_notice",
        "outgoing",
        "packet_report",
        "correction",
        "note",
        "referral",
    ),
    *("work_package", "work_package_report", "work_results", "work_entry", "work_conflict", "remote_user"),
    *("queue_plane", "queue_change", "deadline_change", "expiring_count", "common_word_plane", "first_view", "sample"),
}
"""Tables with rows for each report, file, media item, match, listed hash, decision or act."""
EXCEPTIONS = {
    "audit_log.load_leaves": "a check proves the log from its first entry",
    "vault.iter_extents": "a check reads the whole vault",
    "stored_documents.count_documents": "a check says how many documents it did not decode",
    "kept_counts.count_odd_rows": "a check counts all rows",
    "judgement.count_reports_with_flag": "a check counts all rows",
    "kept_counts.find_wrong_counts": "a check counts all rows",
    "kept_counts._find_wrong_expiring": "a check counts all rows",
    "key_holders.find_wrong_holders": "a check counts all rows",
    "kept_counts.recount": "counts are made anew, on request",
    "reports.iter_numbers": "a register of destroyed reports is compared with all reports",
    "reports.list_first_numbers": "an index in order, up to a limit of some rows",
    "cases.list_oldest_cases": "in the order of their ids, up to a limit of some rows",
    "request_list.list_oldest_requests": "in the order of their ids, up to a limit of some rows",
    "judgement.mark_all_stale": "other rules judge all reports again",
    "judgement.mark_scores_stale": "other rules judge all reports again",
    "queue.list_judged_reports": "rules are tried out, or identifiers compared, on all reports",
    "statistics.list_completed_reports": "rules are held against the outcome of all reports",
    "statistics.count_media_matching_earlier": "an index without its table, once for the statistics",
    "samples.iterate_candidates": "once a week a sample is drawn from all new reports",
    "samples.list_weeks": "some dozens of samples a week",
    "samples.list_outcomes": "some dozens of samples a week",
    "samples.count_sampled": "some dozens of samples a week",
    "lead_figures.list_sampled_weeks": "some dozens of samples a week",
    "requests.list_open_reports": "requests are planned for all open reports",
    "feedback.list_outcomes": "once for an export of a period",
    "destroyed_names._find_entries": "once for some hundred reports that an act destroys",
    "destruction._clear_empty_receipt": "only when no report of a bundle is left",
    "gallery.iter_matches": "the gallery groups all its images once",
    "grades.count_media_with_other_words": "a check reads all grades once",
    "grades.list_graded_media": "the gallery knows all graded files",
    "media.has_images_with_windows": "up to as many rows as a new list has hashes",
    "list_matches.list_hashes_to_hold": "once after a new list was compared",
    "lists.iter_exact_matches": "once for a new list",
    "lists.list_reports_with_exact_matches": "once for a new list",
    "lists.count_shared_hashes": "once for a new list; long lists lie in blocks",
    "lists.count_hashes_by_kind": "once for a new list; long lists lie in blocks",
    "kept_grades.has_more_changed": "up to some hundred rows",
    "kept_grades.list_changed_media": "some hundred files that nobody kept yet",
    "cases.find_reports_with_numbers": "requests are planned for all open reports",
    "requests.count_requests": "an index without its table, once for a check",
    "request_replies.count_reply_documents": "an index without its table, once for a check",
    "requests.erase_lines_of_report": "a destruction removes the replies to lines of one report",
    "destruction.list_destruction_ids": "the ids of a list, 8 bytes each; its rows are read as one scrolls",
    "destruction.count_destructions": "an index without its table, for statistics and the funnel",
    "destruction.count_destructions_by": "statistics count what was destroyed",
    "destruction.count_destructions_by_month": "statistics count what was destroyed",
    "backups.list_backups": "an index without its table, once for the list of backups",
    "corrections.list_correction_ids": "the ids of a list, 8 bytes each; its rows are read part by part",
    "corrections.list_verdicts": "rules are held against all corrections",
    "funnel.list_reports_in_cases": "an index without its table, for the funnel",
    "funnel.count_furthest_stages": "the funnel counts all cases",
    "funnel.count_present_stages": "the funnel counts all cases",
    "lead_figures.list_case_receipts": "an index without its table, for the leads' figures",
    "samples.count_cases": "an index without its table, for the ranking",
    "lists.delete_list": "once for a list that goes; long lists lie in blocks",
    "cases.next_case_number": "backwards from the newest case, to the first one of the year",
    "exchange.find_fingerprint_of_age_key": "backwards through some thousand packages a year, once for a package",
    "exchange.list_conflicts": "of a package or of a report: no caller asks for all",
    "package_list.list_package_ids": "the ids of a list, 8 bytes each; its rows are read as one scrolls",
    "package_list.name_packages": "backwards, up to a limit of some rows",
    "package_list.list_stations": "some thousand packages a year, once for a page",
    "package_list.count_overdue_packages": "some thousand packages a year, once for a page",
    "package_list.list_conflict_ids": "the ids of a list, 8 bytes each; its rows are read as one scrolls",
}
"""Statements that read through such a table, and why."""


@dataclass(frozen=True)
class Statement:
    """A statement of the program, as far as it can be computed, and the function that runs it."""

    where: str
    sql: str | None


class Names(dict[str, Any]):
    """The names of a module; an argument of a function stands for one parameter."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, "?")


def compute(node: ast.expr, names: Names) -> str | None:
    try:
        found = eval(compile(ast.Expression(node), "a statement", "eval"), {}, names)
    except Exception:
        return None
    return found if isinstance(found, str) else None


def iter_statements() -> Iterator[Statement]:
    for info in pkgutil.iter_modules(queries.__path__):
        module = importlib.import_module(f"{queries.__name__}.{info.name}")
        for function in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            names = Names(vars(module))
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    text = compute(node.value, names)
                    if text is not None:
                        names[node.targets[0].id] = text
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS and node.args:
                    yield Statement(f"{info.name}.{function.name}", compute(node.args[0], names))


@pytest.fixture(scope="module")
def plans() -> Iterator[list[tuple[Statement, list[str]]]]:
    db = sqlcipher3.connect(":memory:")
    add_digest_function(db)
    db.executescript("".join(sql for _, sql in load_migrations()))
    found = []
    for statement in iter_statements():
        sql = statement.sql or ""
        named = dict.fromkeys(re.findall(r":([a-z_]+)", sql), 0)
        numbers = [int(number) for number in re.findall(r"\?(\d+)", sql)]
        try:
            rows = db.execute(f"EXPLAIN QUERY PLAN {sql}", named or [0] * max(numbers, default=sql.count("?"))).fetchall()
        except sqlcipher3.Error:
            rows = []
            statement = Statement(statement.where, None)
        found.append((statement, [row[3] for row in rows]))
    yield found
    db.close()


def list_tables_read_through(sql: str, plan: list[str], partial: set[str]) -> set[str]:
    """Returns the growing tables that a plan reads through; an index of what waits or stands out is no such table."""
    found = set()
    for step in plan:
        word, _, rest = step.partition(" ")
        if word == "SCAN" and "VIRTUAL TABLE" not in rest and partial.isdisjoint(rest.split()):
            name = rest.split()[0]
            found |= {name, *re.findall(rf"\b(\w+)(?: AS)? {re.escape(name)}\b", sql)} & GROWING
    return found


@pytest.fixture(scope="module")
def partial() -> set[str]:
    schema = "".join(sql for _, sql in load_migrations())
    return {found[1] for found in re.finditer(r"CREATE (?:UNIQUE )?INDEX (\w+) ON [^;]*?\bWHERE\b", schema)}


def test_no_statement_reads_through_a_table_that_grows(plans: list[tuple[Statement, list[str]]], partial: set[str]) -> None:
    walking: dict[str, set[str]] = {}
    for statement, plan in plans:
        if tables := list_tables_read_through(statement.sql or "", plan, partial):
            walking.setdefault(statement.where, set()).update(tables)
    assert not {where: tables for where, tables in walking.items() if where not in EXCEPTIONS}
    assert not EXCEPTIONS.keys() - walking.keys(), "an exception that is needed no more"


def sorts_for_each_block(sql: str, plan: list[str]) -> bool:
    """Whether a statement that goes through a table in blocks sorts all of it for each block."""
    in_blocks = re.search(r"\b\w*id\s*>\s*[?:]", sql) and "LIMIT" in sql
    return bool(in_blocks) and any("TEMP B-TREE FOR ORDER BY" in step for step in plan)


def test_no_statement_sorts_a_table_for_each_block_of_it(plans: list[tuple[Statement, list[str]]]) -> None:
    """An index of qualities once was taken for the images of an import: a million windows took six times as long."""
    assert [statement.where for statement, plan in plans if sorts_for_each_block(statement.sql or "", plan)] == []


def find_search_for_missing_values(sql: str, plan: list[str], partial: set[str]) -> list[str]:
    """Returns the steps that look up by an index all rows in which a column has no value: most rows of a table."""
    found = []
    for step in plan:
        if index := re.match(r"SEARCH \w+ USING (?:COVERING )?INDEX (\w+) \((\w+)=\?", step):
            name, column = index.groups()
            if name not in partial and re.search(rf"\b{column} IS NULL", sql) and not re.search(rf"\b{column} (?:=|IN)", sql):
                found.append(step)
    return found


def test_no_statement_looks_up_all_rows_without_a_value(plans: list[tuple[Statement, list[str]]], partial: set[str]) -> None:
    """Of a report's corrections those made here were sought among all corrections of the store."""
    found = {statement.where: find_search_for_missing_values(statement.sql or "", plan, partial) for statement, plan in plans}
    assert not {where: steps for where, steps in found.items() if steps and where not in EXCEPTIONS}


def test_nearly_all_statements_are_understood(plans: list[tuple[Statement, list[str]]]) -> None:
    understood = [statement for statement, _ in plans if statement.sql is not None]
    assert len(understood) > 700 and len(understood) / len(plans) >= LEAST_SHARE


def test_a_planted_scan_is_noticed(partial: set[str]) -> None:
    assert list_tables_read_through("SELECT id FROM report AS r WHERE version = 2", ["SCAN r"], partial) == {"report"}
    assert list_tables_read_through("SELECT report_id FROM queue", ["SCAN queue USING INDEX queue_top"], partial) == set()
