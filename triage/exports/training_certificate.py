"""The certificate of a finished tutorial as a PDF. It says on its face that the data were invented."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.training import Step, StepProgress, TutorialProgress

TITLE = "Certificate of training"
INVENTED = (
    "Training with invented data. No report, person or image in this training was real. The certificate says which steps "
    "the trainee did; it is no licence and no examination of fitness."
)
INVENTED_URDU = "فرضی مواد سے تربیت۔ اس تربیت کی کوئی رپورٹ، شخص یا تصویر اصل نہیں تھی۔"


ENTERED = (
    "The trainee entered this name. The program knows only the user account, whose own acts it checked. "
    "The instructor confirms who used it."
)


def format_training_certificate(progress: TutorialProgress, name: str, account: str, about: About) -> bytes:
    """Returns the bytes of the PDF. `account` is the user whose acts were checked; the name is what that user entered."""
    blocks = tuple(_make_blocks(progress, name, account, about))
    return typeset(blocks, title=TITLE, footer=f"training, invented data; signing key {about.fingerprint}")


def _make_blocks(progress: TutorialProgress, name: str, account: str, about: About) -> Iterator[Block]:
    tutorial = progress.tutorial
    yield HeadingBlock(TITLE)
    yield ParagraphBlock(INVENTED, strong=True)
    yield ParagraphBlock(INVENTED_URDU, strong=True)
    yield Pairs(
        (
            ("Trainee", name),
            ("User account", account),
            ("Tutorial", tutorial.title.en),
            ("Completed", f"{format_pakistan_time(about.made)}, {about.tool}"),
            ("Steps done", str(len(tutorial.steps))),
            ("Planned time", f"{tutorial.minutes} minutes"),
        )
    )
    yield ParagraphBlock(ENTERED)
    yield HeadingBlock("Steps", 2)
    yield Rows(
        ("Step", "Kind", "How it was checked"),
        tuple((step.title.en, *_describe(step, of)) for step, of in zip(tutorial.steps, progress.steps, strict=True)),
        (8, 3, 8),
    )
    yield HeadingBlock("Signatures", 2)
    yield Pairs((("Trainee", "\n\n"), ("Instructor", "\n\n")))


def _describe(step: Step, done: StepProgress) -> tuple[str, str]:
    """Returns the kind of a step, and how the program checked it. Whoever tried all answers is seen to have done so."""
    if step.answers:
        return "lesson", f"the question was answered rightly at try {done.tries}; it has {len(step.answers)} answers"
    return "task", "by the audit log and the state of the training store"
