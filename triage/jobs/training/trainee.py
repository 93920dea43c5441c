"""Marks a store as a training store, follows what the trainee does, and writes the certificate."""

from __future__ import annotations

from pathlib import Path

from triage.errors import NotFound, Refused
from triage.exports.training_certificate import format_training_certificate
from triage.jobs.consent import is_alone
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.session import Session
from triage.jobs.state.training_mark import AMONG_FIRST, is_training_store
from triage.jobs.training.checks import check_step, load_own_entries
from triage.jobs.training.tutorials import ROLES, load_tutorial
from triage.model.handover import Handover
from triage.model.training import TutorialProgress
from triage.model.users import Right
from triage.store.queries import audit_log

MOST_NAME = 80  # characters: one line of the certificate


def mark_training_store(session: Session) -> None:
    """Marks a store that was just made as one for training. The mark stands in the audit log for good.

    Raises:
        Refused: without the right, or when somebody has worked with the store: a store with real data never becomes one
    """
    session.require(Right.POLICY)
    with session.store.batch() as batch:
        if audit_log.load_state(batch).count >= AMONG_FIRST or not is_alone(batch):
            raise Refused("Only a store that was just made can be marked for training; make a new one with: triage train")
        batch.note("training store made")


def load_training(session: Session) -> tuple[TutorialProgress, ...]:
    """Returns the tutorials of the user's roles with what the user did of each.

    Raises:
        Refused: without the right, or in a store that was not made for training
    """
    session.require(Right.RECORD)
    _require_training(session)
    own = load_own_entries(session)
    mine = [role for role in ROLES if role in {each.value for each in session.user.roles}]
    tutorials = [load_tutorial(role) for role in mine]
    return tuple(TutorialProgress(each, tuple(check_step(session, step, own) for step in each.steps)) for each in tutorials)


def answer_question(session: Session, step_id: str, answer: int) -> bool:
    """Records the answer to the question of a lesson; returns whether it is right. A wrong answer may be followed by another.

    Raises:
        NotFound: if there is no such question or answer
        Refused: without the right, or in a store that was not made for training
    """
    session.require(Right.RECORD)
    _require_training(session)
    steps = {step.id: step for role in ROLES for step in load_tutorial(role).steps}
    if step_id not in steps or not 0 <= answer < len(steps[step_id].answers):
        raise NotFound("There is no such answer; choose one of those that the page Training shows.")
    right = steps[step_id].answers[answer].right
    with session.store.batch() as batch:
        batch.note("training answered", step=step_id, answer=answer, right=int(right))
    return right


def write_training_certificate(
    session: Session, role: str, name: str, out: Path, *, handover: Handover = NOT_SAID, overwrite: bool = False
) -> None:
    """Writes the certificate of a finished tutorial as a signed PDF. It says that the data were invented.

    Raises:
        Refused: before every step is done, for a name that is no plain line, or in a store that was not made for training
        WorldError: if the file can't be written
    """
    session.require(Right.RECORD)
    _require_training(session)
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise Refused("Enter the name of the trainee, in at most {most} characters.", most=MOST_NAME)
    found = next((each for each in load_training(session) if each.tutorial.role == role), None)
    if found is None or not found.complete:
        raise Refused("The certificate is written when every step of the tutorial is done.")
    data = format_training_certificate(found, name, session.user.name, describe_export(session))
    write_out(session, ((out, data),), kind="training_certificate", handover=handover, overwrite=overwrite)


def _require_training(session: Session) -> None:
    """Raises Refused in a store that was not made for training."""
    if not is_training_store(session):
        raise Refused("This store holds work, not training; make a training store with: triage train")
