"""Targets that go through the import: reports of all formats, archives, hash lists."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

from bench.fuzzing import seeds
from bench.fuzzing.place import AFTER, BEFORE, BESIDE, Place, Problems, all_numbers, show_fully, sound_report
from bench.fuzzing.seeds import Files
from triage.errors import Refused, WorldError
from triage.jobs.casework.child_lane import confirm_child_lane
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.leaving.packet import create_packet
from triage.jobs.leaving.verify import verify
from triage.jobs.lists.lists import add_list, list_hash_lists
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.list_summary import LIST_KINDS
from triage.model.views import QueueFilter

MOST_IN_A_PACKET = 8
PATIENCE = 180
"""Seconds for a round; a sandboxed decoder alone has 60."""


class Reports:
    """Mutated reports of every format: import, judge, show, every screen, packet, verify."""

    name, batch, patience, make = "reports", 12, PATIENCE, staticmethod(seeds.mutate_report)
    screens = True

    def run(self, place: Place, cases: list[Files]) -> Problems:
        problems = Problems()
        place.begin("store")
        folder = place.put("in", [*cases, {"sound.json": sound_report(BESIDE)}])
        with place.unlock() as session:
            with problems.watch("import"):
                import_bundles(session, [folder], receipt=Receipt())
            with problems.watch("list of reports"):
                for number in all_numbers(session):
                    show_fully(problems, session, number)
            if self.screens:
                self._look(problems, session)
            self._leave(problems, place, session)
            place.imports_still(problems, session)
            place.other_reports_live(problems, session, BEFORE, BESIDE, AFTER)
            place.is_clean(problems, session)
        place.nothing_outside(problems, "packet", "queue.csv", "queue.csv.sig", "queue.csv.pem")
        return problems

    def _look(self, problems: Problems, session: Session) -> None:
        try:
            from bench.fuzzing.screens import look_at_screens
        except ImportError:  # a machine without PySide6
            return
        with problems.watch("screens"):
            look_at_screens(problems, session, all_numbers(session))

    def _leave(self, problems: Problems, place: Place, session: Session) -> None:
        """The first reports go into one packet, after a lead's word where that is needed."""
        numbers = all_numbers(session)[:MOST_IN_A_PACKET] or [BEFORE]
        for number in numbers:
            with problems.watch("child lane", Refused):
                confirm_child_lane(session, number)
        with problems.watch("packet"):
            create_packet(session, numbers, place.round / "packet")
            found = verify(place.round / "packet")
            problems.extend(f"packet verify: {sentence}" for sentence in found.problems)
        with problems.watch("export of the queue", WorldError), redirect_stdout(io.StringIO()):
            export_queue(session, QueueFilter(), place.round / "queue.csv")


class Archives(Reports):
    """Mutated zips with reports in them, through the same import."""

    name, batch, patience, make = "archives", 16, PATIENCE, staticmethod(seeds.make_archive)
    screens = False

    def _leave(self, problems: Problems, place: Place, session: Session) -> None:
        """Archives change nothing of what leaves."""


class Lists:
    """Mutated hash lists of every kind."""

    name, batch, patience, make = "lists", 16, PATIENCE, staticmethod(seeds.make_list)

    def run(self, place: Place, cases: list[Files]) -> Problems:
        problems, taken = Problems(), 0
        place.begin("store")
        folder = place.put("in", cases)
        with place.unlock() as session:
            for n, files in enumerate(cases):
                for name in files:
                    with problems.watch(f"lists add {name}", WorldError):
                        add_list(
                            session,
                            folder / f"{n:03d}" / name,
                            name=f"list {n}",
                            kind=LIST_KINDS[n % len(LIST_KINDS)],
                            profile=None,
                        )
                        taken += 1
            with problems.watch("lists"):
                problems.demand(
                    len(list_hash_lists(session)) == taken, "lists that were taken in are missing, or refused ones are there"
                )
            place.imports_still(problems, session)
            place.other_reports_live(problems, session, BEFORE, AFTER)
            place.is_clean(problems, session)
        place.nothing_outside(problems)
        return problems
