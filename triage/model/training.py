"""Describes the tutorials of training: lessons with a question, and tasks that the program checks. They are read from JSON."""

from __future__ import annotations

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    en: str
    ur: str


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A possible answer, with the explanation that stands below it once it is chosen."""

    text: Words
    why: Words
    right: bool = False


class EntryCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="entry", tag_field="of"):
    """Holds when the trainee made at least so many entries of these kinds in the audit log, which name these words."""

    kinds: tuple[str, ...]
    least: int = 1
    where: dict[str, int | str] = {}


class FollowCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="follow", tag_field="of"):
    """Holds when the trainee made an entry of the kinds `then` after one of the kinds `first`.

    With `by` both name the same thing, such as the same report: who grades a file has viewed that file. `by_then` is its name in
    the later entry when it differs.
    """

    first: tuple[str, ...]
    then: tuple[str, ...]
    by: str = ""
    by_then: str = ""
    where_first: dict[str, int | str] = {}
    where_then: dict[str, int | str] = {}


class QueueCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="queue", tag_field="of"):
    """Holds when at least so many reports of the queue fit. The assignee "me" is the trainee.

    With `acts` only those count that the trainee's own entries of these kinds name.
    """

    least: int = 1
    bands: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()


Check = EntryCheck | FollowCheck | QueueCheck


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson, which has a question, or a task, which has checks that all must hold. `page` is where a task is done."""

    id: str
    minutes: int
    title: Words
    text: Words
    question: Words | None = None
    answers: tuple[Answer, ...] = ()
    checks: tuple[Check, ...] = ()
    hint: Words | None = None
    page: str = ""


class Tutorial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps of a role. Lessons that every role needs stand before them."""

    role: str
    title: Words
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """Returns how long the tutorial takes."""
        return sum(step.minutes for step in self.steps)


class StepProgress(msgspec.Struct, frozen=True):
    """What the trainee did of a step. `answer` is the last answer that was chosen, counted from 0."""

    id: str
    done: bool
    answer: int | None = None
    tries: int = 0
    """Answers of a lesson up to the first right one; of a task 0."""


class TutorialProgress(msgspec.Struct, frozen=True):
    """A tutorial with what the trainee did of it."""

    tutorial: Tutorial
    steps: tuple[StepProgress, ...]

    @property
    def done(self) -> int:
        """Returns how many steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def complete(self) -> bool:
        """Returns whether every step is done."""
        return self.done == len(self.steps)
