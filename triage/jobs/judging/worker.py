"""A worker process that judges: it decodes material, answers, and ends with its wire.

It knows no store and no key, and writes nothing. It is started as `programs.JUDGE`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from triage import priority
from triage.hardening import harden
from triage.jobs.codec import encode, make_decoder
from triage.jobs.judging import judge, report_keys
from triage.jobs.judging.material import JudgingBatch
from triage.jobs.judging.ruleset import parse_rules
from triage.jobs.judging.wire import ANSWER, FAILED, JUDGE, REJUDGE, RULES, SAY, TABLES, receive, send
from triage.resources import reads_tables, replace_tables


def main() -> None:
    """Answers until the host closes the wire.

    Work that fails is handed back: the host does it itself and sees why.
    """
    harden()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the host
    wire = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints must not look like an answer
    rules = priority.shipped_rules()
    _look_for_cycles_seldom()
    while (message := receive(sys.stdin.buffer)) is not None:
        kind, payload = message
        if kind == RULES:
            rules = parse_rules(payload.decode())
            continue
        if kind == TABLES:
            replace_tables(msgspec.msgpack.decode(payload, type=dict[str, bytes]))
            rules = priority.shipped_rules()
            continue
        try:
            said = encode(ANSWER_TO[kind](payload, rules))
        except Exception:
            send(wire, FAILED, b"")
        else:
            send(wire, ANSWER, said)


def _look_for_cycles_seldom() -> None:
    """Leaves tables and rules out of the search for reference cycles, and searches seldom: a report makes hardly any.

    The search costs a tenth of the time else.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN, 20, 100)


_OBJECTS_BETWEEN = 500_000
_WORK = make_decoder(JudgingBatch)
_parse_rules_once = reads_tables(lru_cache(maxsize=2)(parse_rules))
ANSWER_TO: Mapping[bytes, Callable[[bytes, priority.RuleSet], object]] = {
    SAY: lambda payload, rules: report_keys.extract_all_keys(_WORK(payload)),
    JUDGE: lambda payload, rules: judge.judge_all(_WORK(payload), rules),
    REJUDGE: lambda payload, rules: judge.rescore_all(_WORK(payload), rules),
}


def answer(kind: bytes, payload: bytes, files: str | None, tables: Mapping[str, bytes]) -> bytes | None:
    """Answers one message wherever an executor runs it; None when it fails, as FAILED on the wire.

    `files` is the rule set, None for the shipped rules; `tables` are those of a signed update.
    """
    replace_tables(tables)
    rules = priority.shipped_rules() if files is None else _parse_rules_once(files)
    try:
        return encode(ANSWER_TO[kind](payload, rules))
    except Exception:
        return None


if __name__ == "__main__":
    main()
