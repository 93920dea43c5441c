"""Outputs of the keeping of the store: log heads, registers of destructions, certificates, rule files."""

from __future__ import annotations

import pytest

from tests.outputs.output import DIGESTS, REPORT, SIGNATURE, TIMES, Output
from triage.model.users import Right
from triage.priority import PointsProposal

DESTROY = ("--reason", "retention ended", "--order", "Rule 12", "--second-user", "second", "--second-passphrase-file")


def decide(patch: pytest.MonkeyPatch) -> None:
    """Proposes points for one rule, as if enough reports were decided."""
    proposed = PointsProposal(rule="type.material", family="type", points=1.0, proposed=1.5, decided=40, hits=30, log_odds=0.5)
    patch.setattr("triage.jobs.judging.proposals.propose_points", lambda *_: (proposed,))


OUTPUTS = (
    Output(command="audit export-head", out="lantern-head.json", kinds=("head",), right=Right.RECORD),
    Output(
        command="register export",
        out="lantern-register.json",
        kinds=("register",),
        right=Right.RECORD,
        option=None,
        times=(*TIMES, *SIGNATURE),
    ),
    Output(
        command="destroy",
        arguments=(REPORT, *DESTROY, "second-words"),
        out="lantern-certificate.json",
        kinds=("certificate", "register"),
        right=Right.DESTROY,
        option="--certificate",
        times=(*TIMES, *DIGESTS, *SIGNATURE),
    ),
    Output(command="rules export", out="lantern-rules", kinds=("rules",), right=Right.RULES, option=None, folder=True),
    Output(command="rules propose", out="lantern-proposed", kinds=("rules",), right=Right.RULES, patch=decide, folder=True),
)
