"""The certificate of a finished tutorial as a PDF. It says on its face that the data were invented."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.training import Tutorial

TITLE = "Certificate of training"
INVENTED = (
    "Training with invented data. No report, person or image in this training was real. The certificate says which steps "
    "the trainee did; it is no licence and no examination of fitness."
)
INVENTED_URDU = "فرضی مواد سے تربیت۔ اس تربیت کی کوئی رپورٹ، شخص یا تصویر اصل نہیں تھی۔"


def format_training_certificate(tutorial: Tutorial, name: str, about: About) -> bytes:
    """Returns the bytes of the PDF."""
    blocks = tuple(_make_blocks(tutorial, name, about))
    return typeset(blocks, title=TITLE, footer=f"training, invented data; signing key {about.fingerprint}")


def _make_blocks(tutorial: Tutorial, name: str, about: About) -> Iterator[Block]:
    yield HeadingBlock(TITLE)
    yield ParagraphBlock(INVENTED, strong=True)
    yield ParagraphBlock(INVENTED_URDU, strong=True)
    yield Pairs(
        (
            ("Trainee", name),
            ("Tutorial", tutorial.title.en),
            ("Completed", f"{format_pakistan_time(about.made)}, {about.tool}"),
            ("Steps done", str(len(tutorial.steps))),
            ("Planned time", f"{tutorial.minutes} minutes"),
        )
    )
    yield HeadingBlock("Steps", 2)
    yield Rows(
        ("Step", "Kind", "How it was checked"),
        tuple((step.title.en, *_describe(bool(step.answers))) for step in tutorial.steps),
        (8, 3, 8),
    )
    yield HeadingBlock("Signatures", 2)
    yield Pairs((("Trainee", "\n\n"), ("Instructor", "\n\n")))


def _describe(lesson: bool) -> tuple[str, str]:
    """Returns the kind of a step, and how the program checked it."""
    if lesson:
        return "lesson", "the question was answered rightly"
    return "task", "by the audit log and the state of the training store"
