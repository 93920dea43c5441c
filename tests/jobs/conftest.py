"""A store that opens fast, bundles of drawn pictures and invented reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.drawn_papers import typeset_footer
from tests.jobs.bundles import write_bundle
from triage.exports import pdf_documents
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.key_form import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
NAME, PASSPHRASE = "first", "seven green boats"

OpenCopy = Callable[[Path], Session]
"""Opens a copy of a closed store at `tmp_path / "store"`, until the test ends."""
OpenNew = Callable[[Path], Session]
"""Opens a new store in a folder that does not exist yet. The caller closes it. All of them have the same keys."""
MakeStore = Callable[[Callable[[Session, Path], object]], Path]
"""Returns the folder of a closed store that a function filled, which is given an empty folder besides."""


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with one user: making one costs much more than copying it."""
    folder = tmp_path_factory.mktemp("empty") / "store"
    Store.create(folder, NAME, PASSPHRASE, cost=CHEAP).store.close()
    return folder


@pytest.fixture(scope="session")
def open_new(empty_store: Path) -> OpenNew:
    return lambda folder: Session(Store.open(Path(shutil.copytree(empty_store, folder)), NAME, PASSPHRASE))


@pytest.fixture(scope="session")
def make_store(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> MakeStore:
    def make(fill: Callable[[Session, Path], object]) -> Path:
        folder = tmp_path_factory.mktemp("filled")
        shutil.copytree(empty_store, folder / "store")
        (folder / "work").mkdir()
        with Session(Store.open(folder / "store", NAME, PASSPHRASE)) as session:
            fill(session, folder / "work")
        return folder / "store"

    return make


@pytest.fixture
def open_copy(tmp_path: Path) -> Iterator[OpenCopy]:
    with ExitStack() as opened:

        def open_copy(store: Path) -> Session:
            shutil.copytree(store, tmp_path / "store")
            return opened.enter_context(Session(Store.open(tmp_path / "store", NAME, PASSPHRASE)))

        yield open_copy


@pytest.fixture(scope="session")
def bundle_store(make_store: MakeStore) -> Path:
    """A closed store with the small bundle in it."""
    return make_store(lambda session, work: import_bundles(session, [write_bundle(work / "bundle")], receipt=Receipt()))


@pytest.fixture
def filled(filled_store: Path, open_copy: OpenCopy) -> Session:
    """A copy of the store that a module's `filled_store` filled."""
    return open_copy(filled_store)


@pytest.fixture
def session(empty_store: Path, open_copy: OpenCopy) -> Session:
    return open_copy(empty_store)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "bundle")


@pytest.fixture(scope="module")
def cheap_passphrases() -> Iterator[None]:
    """Has new stores ask little work for a passphrase, where the program makes them. tests/store/test_keys.py asks for the default."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.store.store.Cost", lambda: CHEAP)
        yield


@pytest.fixture
def short_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typesets only the footer of each paper, in tests of what else an act does. What papers say is tested in tests/exports."""
    monkeypatch.setattr(pdf_documents, "_run_typesetter", typeset_footer)
