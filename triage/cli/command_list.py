"""Lists the commands, where each is defined, and its line in `triage --help`.

A command's module is imported when the command runs.
"""

from __future__ import annotations

from importlib import import_module

import click
from click.shell_completion import CompletionItem

COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("auditing", "Verify and export the audit log; list outgoing files."),
    "backup": ("backups", "Bring a backup of the store up to date."),
    "backups": ("backups", "List backups and what has to be done about them."),
    "case": ("casework", "Manage cases: reports, numbers, officer and stage."),
    "check": ("admin", "Check that no stored byte was changed or lost."),
    "clear": ("keeping", "Set a report apart: its reported user was cleared."),
    "completion": ("completion", "Print the shell's completion script."),
    "correct": ("correcting", "Correct a factor or the band of a report."),
    "corrections": ("correcting", "List corrections of the judgement."),
    "deconflict": ("deconflicting", "Learn which identifiers another store holds too."),
    "demo": ("demonstration", "Make an invented national feed and open the app."),
    "destroy": ("keeping", "Destroy a report for good."),
    "exposure": ("exposure", "Show your own views, for yourself alone."),
    "doctor": ("doctor", "Find what this machine lacks, and what to do."),
    "export": ("outputs", "Write signed files for other desks."),
    "funnel": ("funnel", "Show what became of the reports, and what is overdue."),
    "grade": ("grades", "Grade a file of a report."),
    "held": ("sameness", "List hashes that wait for a lead's review."),
    "hold": ("keeping", "Place or lift a legal hold on a report."),
    "import": ("imports", "Import files, folders and zips."),
    "imports": ("received", "List all imports with their receipts."),
    "init": ("admin", "Make a new store and its first user."),
    "keys": ("keeping", "Manage the store's keys and known signing keys."),
    "links": ("clusters", "Show links between reports, and clusters."),
    "lists": ("hash_lists", "Manage the hash lists that files are compared with."),
    "match": ("matching", "Compare files outside the store with the store."),
    "note": ("noting", "Write a note on a report, or list its notes."),
    "not-same": ("sameness", "Reject a possible match."),
    "packet": ("outputs", "Create or verify evidence packets."),
    "policy": ("admin", "Show or set the desk's policies."),
    "possible": ("sameness", "List possible matches that wait for review."),
    "preserve": ("deciding", "Record a data preservation notice (PECA s.31)."),
    "queue": ("reading", "Show the prioritised queue."),
    "recover": ("keeping", "Regain access with the recovery key."),
    "referral": ("referring", "Refer a report to child protection or other bodies."),
    "register": ("backups", "Apply the register of destructions after a restore."),
    "request": ("requesting", "Ask operators and providers for data; take in replies."),
    "restore": ("backups", "Make a new store from a backup."),
    "retention": ("retention", "Destroy closed reports by the office's rule."),
    "rules": ("scoring", "Show, measure, export, try or apply the scoring rules."),
    "same": ("sameness", "Confirm a possible match."),
    "sample": ("scoring", "Draw the week's sample of bands B to E."),
    "series": ("identifying", "Manage series of victim identification."),
    "set": ("deciding", "Record a decision on a report."),
    "set-aside": ("received", "List files that could not be read."),
    "shift": ("shift", "Close a shift with a sheet of what is open."),
    "show": ("reading", "Show everything known about one report."),
    "stats": ("stats", "Show counts by status, band, office and month."),
    "sweep": ("sameness", "Run the thorough background comparison."),
    "train": ("train", "Make a training store and open its tutorials."),
    "update": ("signed_updates", "Apply signed tables, rules or lists by hand."),
    "user": ("admin", "Manage users and their roles."),
    "versions": ("versioning", "Show what arrived for a report; accept or refuse a version."),
    "work": ("work_packages", "List work packages and resolve conflicts."),
    "why": ("reading", "Explain why one report stands above another."),
    "verify": ("outputs", "Verify a signed export or packet."),
}
"""Name -> (module in triage.cli, line in the list of commands). A line has at most 55 characters."""

EXPORTS: dict[str, tuple[str, str]] = {
    "chart": ("desk_exports", "Write the numbers of a chart of the leads' page."),
    "feedback": ("feedback_export", "Write what became of reports, without names."),
    "queue": ("outputs", "Write the prioritised queue to a signed file."),
    "report": ("desk_exports", "Write one report to a signed PDF."),
    "statistics": ("statistics_export", "Write counts of a period; small ones are withheld."),
    "hashes": ("tool_exports", "Write hashes of graded media, one a line."),
    "icse": ("tool_exports", "Write graded media in the form of ICSE exports."),
    "timeline": ("tool_exports", "Write what happened when, or the places for a map."),
    "vics": ("tool_exports", "Write graded media as a Project VIC file."),
    "results": ("work_packages", "Write results for the sender of a work package."),
    "work": ("work_packages", "Write a work package for another workstation."),
}
"""The subcommands of `export`: name -> (module in triage.cli, line in the list of commands)."""


class SubcommandList(click.Group):
    """Lists the commands of a group with the whole first sentence of each."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands, each with the first sentence of its help."""
        rows = [(name, _first_sentence(command)) for name, command in sorted(self.commands.items()) if not command.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


class LateList(click.Group):
    """Lists the commands of a table without importing one."""

    group_class = SubcommandList
    table: dict[str, tuple[str, str]]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of all commands, sorted."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns a command after importing the module that defines it."""
        if cmd_name not in self.commands and cmd_name in self.table:
            import_module(f"triage.cli.{self.table[cmd_name][0]}")
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands with their lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.table[name][1]) for name in sorted(self.table)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the commands and options that begin with what was typed, without importing a command."""
        found = [CompletionItem(name, help=line) for name, (_, line) in self.table.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)


class CommandList(LateList):
    """The top-level commands."""

    table = COMMANDS


class ExportList(LateList):
    """The subcommands of `export`."""

    table = EXPORTS


def _first_sentence(command: click.Command) -> str:
    """Returns the first sentence of a command's help."""
    words = " ".join((command.help or "").split("\n\n")[0].split())
    return words.partition(". ")[0].rstrip(".") + "."
