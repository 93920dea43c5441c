"""The part of the house of cards for training: the shipped tutorials, of which a step is done when it is answered rightly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from triage.jobs.training.tutorials import load_tutorial
from triage.model.handover import Handover
from triage.model.training import StepProgress, TutorialProgress

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi


class FakeTraining:
    """A store for training once `training` is set."""

    training = False

    def _begin_training(self) -> None:
        self.answers: dict[str, int] = {}
        self.tasks_done = False

    def training_progress(self: FakeApi) -> tuple[TutorialProgress, ...]:
        return tuple(self._progress(role) for role in ("analyst", "auditor"))

    def _progress(self, role: str) -> TutorialProgress:
        tutorial = load_tutorial(role)
        steps = []
        for step in tutorial.steps:
            answer = self.answers.get(step.id)
            done = self.tasks_done if answer is None else step.answers[answer].right
            steps.append(StepProgress(step.id, done, answer))
        return TutorialProgress(tutorial, tuple(steps))

    def answer_question(self: FakeApi, step_id: str, answer: int) -> bool:
        self.answers[step_id] = answer
        return True

    def write_training_certificate(
        self: FakeApi, role: str, name: str, out: Path, *, handover: Handover, overwrite: bool = False
    ) -> None:
        self.calls.append(("certificate", role, name))
