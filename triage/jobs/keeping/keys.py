"""Shows the store's public keys, makes recovery halves, replaces keys, recovers users, and accepts a loss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triage.errors import Refused
from triage.exports import signature
from triage.jobs.consent import Consent, check_can_consent, check_own_standing, is_alone, request_consent
from triage.jobs.passphrases import check_passphrase
from triage.jobs.session import Session, unlock
from triage.jobs.users import confirm_user
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.model.users import CONSENTING, Right
from triage.store.database import Reader
from triage.store.key_file import ShownHalf
from triage.store.queries import recovery, trusted
from triage.store.queries import users as users_sql
from triage.store.queries.recovery import HalfRow
from triage.store.rekey import replace_database_key
from triage.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHalf:
    """A half of the recovery key that was shown. `valid` is False while the other half of its pair was not shown."""

    half: int
    custodian: str
    shown: str
    valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What may be shown of the store's keys; nothing secret.

    `fingerprint` is that of the signing key: the SHA-256 of its DER form.
    """

    fingerprint: str
    public_key: str
    """PEM."""
    recipient: str
    """The age recipient to which others encrypt what only this store shall open."""
    generation: int
    """Counts the changes of the key file."""
    slots: dict[str, int]
    trusted: dict[str, str]
    """Fingerprint -> name."""
    recovery: tuple[KnownHalf, ...]
    """The halves of the recovery key that were shown. Empty: nothing opens the store without a passphrase."""


def show_keys(session: Session) -> KeyFacts:
    """Returns the store's public keys. Everybody may know them: they are on every export."""
    store, file = session.store, session.store.keys.ring.file
    slots: dict[str, int] = {}
    for slot in file.slots:
        slots[slot.kind] = slots.get(slot.kind, 0) + 1
    with session.reading() as db:
        return KeyFacts(
            fingerprint=store.fingerprint,
            public_key=signature.to_pem(store.public_key).decode(),
            recipient=store.recipient,
            generation=file.generation,
            slots=slots,
            trusted=trusted.load_names(db),
            recovery=tuple(
                KnownHalf(half=row.half, custodian=row.custodian, shown=row.shown, valid=row.valid)
                for valid in (True, False)
                for row in recovery.load_halves(db, valid=valid)
            ),
        )


def show_half(session: Session, half: int, custodian: str, consent: Consent | None = None) -> ShownHalf:
    """Makes a new half of the recovery key, to be shown to its custodian now; it is kept nowhere.

    Nobody sees both halves: whoever is signed in for one half, and its custodian, have nothing to do with the other one.
    Custodians are users, and a second person agrees. A store that has only ever had one user takes any two names instead.
    The older pair counts until both new halves were shown. Raises Refused, NotFound.
    """
    if half not in (1, 2):
        raise Refused("The recovery key has halves 1 and 2.")
    if is_alone(session.store.read()):
        session.require(Right.KEYS)
        name = clean_name(custodian)
        if problem := find_name_problem(name):
            raise Refused(problem)  # message-ok
        seen_by, concerning = {name}, None
    else:
        concerning = session.store.users.named(custodian)
        session.require(Right.KEYS if concerning.id != session.user.id else Right.RECORD)
        check_own_standing(session.store.users.named(session.user.name))
        check_own_standing(concerning)
        name = concerning.name
        seen_by = {name, session.user.name}
    agreed = request_consent(session, consent, "recovery half consented", reading=False, concerning=concerning, half=half)

    def check(reader: Reader, other: HalfRow | None) -> None:
        """Raises Refused when somebody would see both halves."""
        agreed.check(reader)
        if concerning is None and not is_alone(reader):
            raise Refused("Another user was added meanwhile; run the command again.")
        if other is None:
            return
        known = users_sql.load_user(reader, other.shown_by)
        before = {other.custodian} if concerning is None or known is None else {other.custodian, known.name}
        if both := sorted(one for one in seen_by if find_look_alike(one, before) is not None):
            raise Refused("{name} has seen the other half; nobody may see both.", name=both[0])

    return session.store.keys.show_half(half, name, agreed.second, check)


def rotate_master_key(session: Session) -> int:
    """Makes a new master key; returns the key file's generation. Passphrases and recovery halves stay valid."""
    session.require(Right.KEYS)
    session.store.keys.rotate_master()
    return session.store.keys.ring.file.generation


def rotate_database_key(
    directory: Path,
    user: str,
    passphrase: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> int:
    """Makes new master and database keys; returns the key file's generation.

    No key of this store opens what was written under the old key, in free blocks of the disk or in a stolen copy. It is for an
    administrator, while nobody has the store open.

    Raises:
        StoreError: if the store is open elsewhere or the disk refuses
        Refused: without the right
    """
    with Session(Store.open(directory, user, passphrase)) as session:
        session.require(Right.KEYS)
        return replace_database_key(session.store, on_progress, cancel)


def recover_user(directory: Path, halves: tuple[str, str], user: str, passphrase: str, consent: Consent | None = None) -> Session:
    """Gives `user` a new passphrase with both halves of the recovery key, which are used up.

    Nobody is signed in: whoever holds both halves may do this. The user can't give consent until another person confirms them.
    With `consent` that person does so at once.

    Raises:
        StoreError: if the store can't be opened
        NotFound: if there is no such user
        Refused: if the passphrase is too weak, or the person can't consent
    """
    check_passphrase(passphrase, user, directory)
    if consent is None:
        return Session(Store.recover(directory, halves, user, passphrase))
    with unlock(directory, consent.user, consent.passphrase) as other:
        subject = other.store.users.named(user)
        check_can_consent(other.user, subject.id, lambda known: bool(known.roles & CONSENTING), ("lead", "examiner", "admin"))
        session = Session(Store.recover(directory, halves, user, passphrase))
        try:
            confirm_user(other, user)
        except BaseException:
            session.close()
            raise
    return session


def accept_loss(directory: Path, user: str, passphrase: str) -> tuple[Message, ...]:
    """Goes on from a store whose head or key file says that something is missing; returns what was accepted.

    It is for an administrator, and the audit log says so.

    Raises:
        Refused: without the right, or when nothing is missing
    """
    with Store.open(directory, user, passphrase, examine=True) as looked_at:
        Session(looked_at).require(Right.KEYS)
        problems = looked_at.problems or looked_at.verify_log().problems
    if not problems:
        raise Refused("Log head, key file and database agree: there is no loss to accept.")
    Store.open(directory, user, passphrase, accept_rollback=True).close()
    return problems
