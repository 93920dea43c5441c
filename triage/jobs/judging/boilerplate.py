"""Sentences that recur over many reports of one provider: its boilerplate, known from the store itself.

A report's link keys hold one key for each of its sentences that may raise it and are not the parties' own words: the sentence's
fingerprint, the provider and the reported user. A sentence that stands in reports on `BOILERPLATE_FROM` different reported users
is boilerplate. Users are counted and not reports, so that thirty reports on one person are no boilerplate; a script that an
offender sends to many children is the parties' words and is never counted. When a sentence passes the limit, in either direction,
all reports that hold it are judged anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Set

from triage.intents import Reading
from triage.model.report import Report
from triage.priority import BOILERPLATE_FROM
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import judgement, link_values
from triage.store.queries.key_holders import SENTENCE, LinkKey

_ACCOUNTS = ("user_id", "username", "email", "phone")


def sentence_keys(report: Report, reading: Reading, number: str) -> set[LinkKey]:
    """Returns the keys of a report's sentences that may be boilerplate: "<fingerprint>@<provider>#<reported user>"."""
    findings = [each for each in reading.findings if each.origin != "party"]
    if not findings:
        return set()
    provider, user = _short_hash((report.esp or "").casefold()), _user(report, number)
    return {(SENTENCE, f"{each.fingerprint}@{provider}#{user}", 0, None) for each in findings}


def _user(report: Report, number: str) -> str:
    """Returns what stands for the reported user; without an account each report is one of its own."""
    accounts = sorted({i.normalised or i.value for i in report.identifiers if i.role == "suspect" and i.kind in _ACCOUNTS})
    return _short_hash("\x00".join(accounts) if accounts else f"report {number}")


def _short_hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def sentences_of(values: Iterable[tuple[str, str]]) -> set[str]:
    """Returns the sentences, with their provider, of link keys (kind, value); other kinds are left out."""
    return {value.partition("#")[0] for kind, value in values if kind == SENTENCE}


def recurring_in(db: Reader, report_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Returns the fingerprints of each report's sentences that are boilerplate."""
    keys = link_values.load_values_of_kind(db, report_ids, SENTENCE)
    held = {i: sentences_of((SENTENCE, value) for value in values) for i, values in keys.items()}
    recurring = recurring_among(db, set().union(*held.values()))
    return {i: frozenset(each.partition("@")[0] for each in own & recurring) for i, own in held.items() if own & recurring}


def recurring_among(db: Reader, sentences: Set[str]) -> set[str]:
    """Returns those sentences that stand in reports on so many different reported users."""
    least = BOILERPLATE_FROM
    return {each for each in sentences if link_values.count_sentences_beginning(db, f"{each}#", least) >= least}


def mark_changed(batch: Batch, sentences: Set[str], before: Set[str]) -> None:
    """Marks as stale who holds a sentence that became boilerplate since `before` was asked, or is none any more."""
    for sentence in sorted(before ^ recurring_among(batch, sentences)):
        holders = link_values.find_holders_beginning(batch, f"{sentence}#")
        judgement.mark_stale(batch, holders, judgement.StaleStage.KEYS)
