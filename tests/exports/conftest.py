"""One store with hostile and Urdu text in it, and packets made of it once for the whole room."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json
from tests.jobs.conftest import CHEAP
from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.leaving.packet import create_packet
from triage.jobs.session import Session
from triage.model.verification import Written
from triage.store.store import Store

NUMBER = "900000001"
URDU = "یہ تصویر پل کی ہے"
HOSTILE = "\u202egpj.exe\u202c"
FORMULA = '=HYPERLINK("https://files.example.invalid","x")'


def write_bundle(folder: Path) -> Path:
    report = folder / NUMBER
    report.mkdir(parents=True)
    text = f"<additionalInfo>{URDU} {HOSTILE}</additionalInfo></report>"
    name = f"<screenName>kite_flyer</screenName><displayName>{FORMULA.replace('&', '&amp;')}</displayName>"
    (report / "report.xml").write_text(
        REPORT.replace("<screenName>kite_flyer</screenName>", name).replace("</report>", text), encoding="utf-8"
    )
    (report / "details.xml").write_text(DETAILS.replace("IMG_1.jpg", "=cmd.jpg"), encoding="utf-8")
    (report / "a.jpg").write_bytes(jpeg(1))
    other = folder / "900000002"
    other.mkdir()
    nameless = {"espName": FORMULA}
    document = json.loads(le_json(900000002))
    document["reportedInformation"]["reportingEsp"] = nameless
    del document["reportedInformation"]["incidentSummary"]["incidentType"]
    (other / "900000002.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A store with one user and two reports."""
    work = tmp_path_factory.mktemp("desk")
    with Session(Store.create(work / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        receipt = Receipt(received_from="the courier", medium="USB stick 0001", note="sealed")
        import_bundles(session, [write_bundle(work / "bundle")], receipt=receipt)
        yield session


@pytest.fixture(scope="session")
def recipient() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="session")
def made(desk: Session, recipient: pyrage.x25519.Identity, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The packet of both reports with media. Tests that change it take `packet`."""
    out = tmp_path_factory.mktemp("out") / "packet"
    return create_packet(desk, [NUMBER, "900000002"], out, with_media=True, recipients=[str(recipient.to_public())])


@pytest.fixture
def packet(made: Written, tmp_path: Path) -> Path:
    """A copy to be tampered with."""
    return Path(shutil.copytree(made.path, tmp_path / "packet"))


@pytest.fixture(scope="session")
def shown(made: Written) -> dict[str, Any]:
    """The first report as report.json says it."""
    found: dict[str, Any] = json.loads((Path(made.path) / "data" / "report.json").read_bytes())["reports"][0]
    return found


@pytest.fixture
def tool() -> Callable[[str], str]:
    """The path of a program, or the test is skipped."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find
