"""Shows the work packages that a report came or went with, with the other workstation's score card beside this store's own."""

from __future__ import annotations

from collections.abc import Mapping

from triage.exports.work_report import CardForm, CaseForm, ReceiptForm, decode_told
from triage.jobs.state.work_conflicts import describe_conflicts
from triage.model.work import ShowCard, ShowWork
from triage.store.database import Reader
from triage.store.queries import exchange, trusted
from triage.store.queries.exchange import PackageReportRow


def list_work_of_report(db: Reader, report_id: int, names: Mapping[int, str]) -> tuple[ShowWork, ...]:
    """Returns the packages of a report, the oldest first."""
    stores = trusted.load_names(db)
    return tuple(_build(db, row, stores, names) for row in exchange.list_packages_of_report(db, report_id))


def _build(db: Reader, row: PackageReportRow, stores: Mapping[str, str], names: Mapping[int, str]) -> ShowWork:
    """Builds one package of a report."""
    package = exchange.load_package(db, row.package)
    told = None if row.told is None else decode_told(row.told)
    state = None if told is None else told.state
    return ShowWork(
        package_id=package.package_id,
        direction=package.direction,
        with_=stores.get(package.fingerprint or "", package.fingerprint or package.age_key),
        sent=package.made,
        due=package.due,
        card=None if told is None or told.card is None else _build_card(told.card),
        case=None if state is None or state.case is None else _describe_case(state.case),
        stage=None if state is None or state.case is None else state.case.stage.stage,
        status=None if state is None else state.status,
        receipts=() if told is None else tuple(_describe_receipt(receipt) for receipt in told.receipts),
        exhibits=() if told is None else told.exhibits,
        conflicts=describe_conflicts(db, names, exchange.list_conflicts(db, row.package, row.report_id)),
    )


def _build_card(card: CardForm) -> ShowCard:
    """Builds the other workstation's score card."""
    return ShowCard(
        band=card.band,
        risk=card.risk,
        actionability=card.actionability,
        rules=card.rules,
        flags=card.flags,
        factors=tuple((factor.rule, factor.points, factor.why) for factor in card.factors),
    )


def _describe_case(case: CaseForm) -> str:
    """Returns the case's number there and those of its registers."""
    return "; ".join([case.number, *(f"{number.kind} {number.value}" for number in case.numbers)])


def _describe_receipt(receipt: ReceiptForm) -> str:
    """Returns how one version came to the sender."""
    stated = (
        ("received from", receipt.received_from),
        ("delivered by", receipt.delivered_by),
        ("handed over at", receipt.received_at),
        ("carrier", receipt.medium),
        ("serial number", receipt.medium_serial),
        ("seal", receipt.seal),
        ("write blocker", {None: None, True: "yes", False: "no"}[receipt.write_blocked]),
        ("note", receipt.note),
    )
    known = [f"{name}: {value}" for name, value in stated if value]
    return "; ".join([f"version {receipt.version}, imported {receipt.imported}", *(known or ["receipt: not stated"])])
