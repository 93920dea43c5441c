"""Makes a training store: the invented feed of the demo, marked for training, with a tutor, a colleague and the trainee."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.errors import Refused, WorldError, WrongPassphrase
from triage.jobs.consent import Consent
from triage.jobs.session import Session, create_store, unlock
from triage.jobs.training.trainee import mark_training_store
from triage.jobs.users import add_user, change_passphrase
from triage.model.progress import OnProgress, ignore_progress
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.safe_files import is_there, list_names, make_private_folder, replace_file, resolve_folder
from triage.target_path import resolve_target
from triage_demo import demo_store
from triage_demo.feed.make import make

COLLEAGUE = "colleague"
"""A lead, examiner and administrator who agrees where two people are needed. The trainee types the passphrase for both."""
COLLEAGUE_ROLES = ["lead", "examiner", "admin"]
PRACTICE_REPORTS, PRACTICE_SEED = 12, 4711
"""The bundle that the trainee imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStore:
    """A training store, its trainee, the file with all passphrases, and the bundle to import."""

    store: Path
    user: str
    passphrase_file: Path
    """Everything in the store is invented, so its passphrases may lie beside it."""
    trainee_file: Path
    """The trainee's passphrase alone."""
    practice: Path


def make_training_store(
    directory: Path, *, name: str, roles: Sequence[str] = (), reports: int = 120, on_progress: OnProgress = ignore_progress
) -> TrainingStore:
    """Makes a training store in an empty folder, or finds the one that is there. Without `roles` the trainee learns analyst.

    Raises:
        WorldError: The folder holds something else, or a training of another trainee
        Refused: The name can't be used, or the training that is there lacks one of the roles
    """
    directory = resolve_target(resolve_folder(directory))
    name = clean_name(name)
    if problem := find_name_problem(name):  # it becomes part of a file's name
        raise Refused(problem)  # message-ok
    if find_look_alike(name, (demo_store.USER, COLLEAGUE)) is not None:
        raise Refused("The name {name} is taken in a training store; choose another one.", name=name)
    found = _describe(directory, name)
    if is_there(found.trainee_file):
        _require_roles(found, roles)
        return found
    if is_there(directory) and list_names(directory):
        raise WorldError(
            "{directory} is not empty and holds no training of {name}; name another folder.", directory=str(directory), name=name
        )
    make_private_folder(directory)
    words = {person: _make_passphrase() for person in (demo_store.USER, COLLEAGUE, name)}
    make(directory, reports=reports, on_progress=on_progress)
    replace_file(directory / "passphrase.txt", words[demo_store.USER].encode() + b"\n")
    with create_store(found.store, demo_store.USER, words[demo_store.USER]).session as session:
        mark_training_store(session)
    demo_store.make_demo(directory, reports=reports, on_progress=on_progress)
    make_private_folder(directory / "practice")
    make(directory / "practice", seed=PRACTICE_SEED, reports=PRACTICE_REPORTS, on_progress=on_progress)
    with unlock(found.store, demo_store.USER, words[demo_store.USER]) as session:
        _add_person(session, COLLEAGUE, COLLEAGUE_ROLES, words[COLLEAGUE], None)
        _add_person(session, name, list(roles) or ["analyst"], words[name], Consent(COLLEAGUE, words[COLLEAGUE]))
    listed = "".join(f"{person}: {words[person]}\n" for person in words)
    replace_file(found.passphrase_file, listed.encode())
    replace_file(found.trainee_file, words[name].encode() + b"\n")
    return found


def _require_roles(found: TrainingStore, roles: Sequence[str]) -> None:
    """Raises Refused when the trainee does not learn all these roles in the training that is there."""
    if not roles:
        return
    try:
        session = unlock(found.store, found.user, demo_store.read_passphrase(found.trainee_file))
    except WrongPassphrase:  # the trainee chose another one, and is asked for it later
        return
    with session:
        learnt = sorted(role.value for role in session.user.roles)
    if not set(roles) <= set(learnt):
        raise Refused(
            "The training in this folder is for {roles}; name another folder for another role.", roles=", ".join(learnt)
        )


def _describe(directory: Path, name: str) -> TrainingStore:
    return TrainingStore(
        store=directory / "store",
        user=name,
        passphrase_file=directory / "passphrases.txt",
        trainee_file=directory / f"passphrase-{name}.txt",
        practice=directory / "practice" / "bundles",
    )


def _add_person(session: Session, name: str, roles: list[str], passphrase: str, consent: Consent | None) -> None:
    """Adds a user who has chosen a passphrase already."""
    first = _make_passphrase()
    add_user(session, name, roles, first, consent)
    with unlock(session.store.directory, name, first) as own:
        change_passphrase(own, passphrase)


def _make_passphrase() -> str:
    return " ".join(secrets.token_hex(3) for _ in range(4))
