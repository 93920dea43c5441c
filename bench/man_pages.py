"""Writes the manual pages from the commands themselves, one for each: `make` puts them into build/man.

From there they go into .venv/share/man/man1, where `man` finds them when .venv/bin is in the PATH, into the bundle and the docs site.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from triage import __version__
from triage.cli import group
from triage.cli.exit_codes import SET_ASIDE, STOPPED

FOLDER = Path(__file__).parents[1] / "build" / "man"
EXITS = (
    (0, "Done."),
    (1, "Could not, or a check found something wrong. One sentence on standard error says why."),
    (2, "Wrong usage."),
    (SET_ASIDE, "Done, but something was set aside or left out."),
    (STOPPED, "Stopped with Ctrl-C. One sentence says what was kept."),
)
COMMON = ("store", "user", "passphrase_file", "json", "read_only")


def make_pages() -> dict[str, str]:
    """Returns file name -> manual page, for all commands."""
    return dict(_walk(group.triage, None, "triage"))


def _walk(command: click.Command, parent: click.Context | None, name: str) -> Iterator[tuple[str, str]]:
    context = click.Context(command, parent, info_name=name)
    yield f"{context.command_path.replace(' ', '-')}.1", _make_page(command, context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _walk(found, context, inner)


def _make_page(command: click.Command, context: click.Context) -> str:
    path = context.command_path
    text, _, example = inspect.cleandoc(command.help or "").partition("\b\nExample")
    lines = [f'.TH "{path.replace(" ", "-").upper()}" "1" "" "Triage {__version__}" "Triage"', ".SH NAME"]
    lines += [f"{_roff(path.replace(' ', '-'))} \\- {_roff(_first_sentence(text))}", ".SH SYNOPSIS"]
    lines += [f".B {_roff(path)}", _roff(" ".join(command.collect_usage_pieces(context))), ".SH DESCRIPTION"]
    lines += _paragraphs(text)
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    own = [option for option in options if context.parent is None or option.name not in COMMON]
    if own:
        lines += [".SH OPTIONS", *_list_options(own, context)]
    if isinstance(command, click.Group):
        lines += [".SH COMMANDS", *_list_commands(command, context)]
    if context.parent is None:
        variables = [(option.envvar, option.opts[0]) for option in options if option.envvar]
        lines += [
            ".SH ENVIRONMENT",
            *(line for name, option in variables for line in (".TP", f".B {name}", f"As {_roff(option)}, which wins.")),
        ]
        lines += [".SH EXIT STATUS", *(line for code, says in EXITS for line in (".TP", f".B {code}", _roff(says)))]
    elif len(own) < len(options):
        lines += [".PP", "The options of", ".BR triage (1)", "for the store, the user, JSON and reading only work here too."]
    if example:
        lines += [".SH EXAMPLE", ".nf", *(_roff(line.strip()) for line in example.partition("\n")[2].strip().splitlines()), ".fi"]
    if context.parent is not None:
        lines += [".SH SEE ALSO", ".BR triage (1)"]
    return "\n".join(lines) + "\n"


def _first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split()).partition(". ")[0].rstrip(".")


def _paragraphs(text: str) -> list[str]:
    """Returns the paragraphs of a help text; a marked one keeps its line ends."""
    lines: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        kept = paragraph.startswith("\b")
        lines.append(".PP")
        lines += (
            [".nf", *map(_roff, paragraph.lstrip("\b\n").splitlines()), ".fi"] if kept else [_roff(" ".join(paragraph.split()))]
        )
    return lines


def _list_options(options: list[click.Option], context: click.Context) -> Iterator[str]:
    for option in options:
        record = option.get_help_record(context)
        if record is not None:
            yield from (".TP", f".B {_roff(record[0])}", _roff(" ".join(record[1].split())))


def _list_commands(command: click.Group, context: click.Context) -> Iterator[str]:
    for name in command.list_commands(context):
        page = f"{context.command_path} {name}".replace(" ", "-")
        inner = command.get_command(context, name)
        assert inner is not None
        yield from (".TP", f".BR {_roff(page)} (1)", _roff(_first_sentence(inspect.cleandoc(inner.help or "")) + "."))


def _roff(text: str) -> str:
    """Returns a line as the formatter of manual pages prints it unchanged."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", plain)


def main() -> None:
    pages = make_pages()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.1"):
        old.unlink()
    for name, page in pages.items():
        (FOLDER / name).write_text(page, encoding="utf-8", newline="\n")
    print(f"{len(pages)} pages in {FOLDER}")


if __name__ == "__main__":
    main()
