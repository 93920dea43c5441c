"""case, grade, preserve, links, rules, sample: what becomes of reports, and what belongs together."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import both_clocks, print_json, progress_bar, say, table
from triage.cli.show_text import tie
from triage.cli.stopping import stoppable
from triage.jobs.casework import cases as case_job
from triage.jobs.casework import preservation
from triage.jobs.judging import rules as rules_job
from triage.jobs.judging import sampling as sampling_job
from triage.jobs.reading import clusters as cluster_job
from triage.jobs.review import grading
from triage.jobs.session import Session
from triage.model.casework import Agreement, CaseView
from triage.model.moment import day_in_pakistan


@triage.group()
def case() -> None:
    """Cases join reports and carry numbers, officer, stage and its clock."""


@case.command("open")
@click.argument("reports", nargs=-1)
@click.option("--officer", metavar="USER")
@with_common
def case_open(common: Common, reports: tuple[str, ...], officer: str | None) -> int:
    """Open a case with these reports."""
    with common.session() as session:
        return _tell(common, case_job.open_case(session, reports, officer))


@case.command("add")
@click.argument("number")
@click.argument("reports", nargs=-1, required=True)
@with_common
def case_add(common: Common, number: str, reports: tuple[str, ...]) -> int:
    """Join reports to a case."""
    with common.session() as session:
        return _tell(common, case_job.add_reports(session, number, reports))


@case.command("stage")
@click.argument("number")
@click.argument("stage")
@click.option("--due", metavar="YYYY-MM-DD", help="The day on which the stage should be over.")
@click.option("--note")
@with_common
def case_stage(common: Common, number: str, stage: str, due: str | None, note: str | None) -> int:
    """Move a case to verification, enquiry, legal opinion, approval, FIR, challan or trial; or edit its clock."""
    with common.session() as session:
        return _tell(common, case_job.set_stage(session, number, stage, due=due, note=note))


@case.command("number")
@click.argument("number")
@click.argument("kind")
@click.argument("value")
@click.option("--remove", is_flag=True, help="Strike it out.")
@with_common
def case_number(common: Common, number: str, kind: str, value: str, remove: bool) -> int:
    """Write down a number: complaint, source report, enquiry, FIR, warrant, mutual assistance, court, property register."""
    with common.session() as session:
        return _tell(common, case_job.set_number(session, number, kind, value, remove=remove))


@case.command("officer")
@click.argument("number")
@click.argument("user_name", metavar="USER")
@with_common
def case_officer(common: Common, number: str, user_name: str) -> int:
    """Give a case to an officer."""
    with common.session() as session:
        return _tell(common, case_job.set_officer(session, number, user_name))


@case.command("show")
@click.argument("number")
@with_common
def case_show(common: Common, number: str) -> int:
    """Everything of one case."""
    with common.session() as session:
        return _tell(common, case_job.show_case(session, number))


@case.command("list")
@with_common
def case_list(common: Common) -> int:
    """All cases."""
    with common.session() as session:
        found = case_job.all_cases(session)
    if common.json:
        print_json(found)
        return 0
    table(
        ("case", "stage", "due", "officer", "reports", "opened"),
        [(c.number, c.stage, c.stages[-1].due, c.officer, ", ".join(c.reports), str(day_in_pakistan(c.opened))) for c in found],
    )
    return 0


def _tell(common: Common, found: CaseView) -> int:
    if common.json:
        print_json(found)
        return 0
    opened = f"opened {day_in_pakistan(found.opened)} by {found.by}"
    say(f"Case {found.number}, at {found.stage}, with {found.officer or 'nobody'}; {opened}")
    say(f"Reports: {', '.join(found.reports) or 'none'}")
    for number in found.numbers:
        say(f"  {number.kind} number {number.value}")
    for stage in found.stages:
        due = f", due {stage.due} ({stage.basis})" if stage.due else ", no day set"
        say(f"  {stage.stage} since {both_clocks(stage.since)}{due}" + (f": {stage.note}" if stage.note else ""))
    return 0


@triage.command()
@click.argument("report")
@click.argument("file", required=False)
@click.option("--grade", "grade_", metavar="GRADE", help="abuse material, exploitive, age uncertain, adult, innocent ...")
@click.option("--for-court", is_flag=True, help="A second person grades it too, without knowing of this grade.")
@click.option("--settle", is_flag=True, help="A lead decides between two who disagreed.")
@click.option("--also", multiple=True, metavar="SHA256", help="A picture like it that takes the grade over.")
@click.option("--inherit", metavar="SHA256", help="Take over the grade of this picture like it, which somebody has seen.")
@with_common
def grade(
    common: Common,
    report: str,
    file: str | None,
    grade_: str | None,
    for_court: bool,
    settle: bool,
    also: tuple[str, ...],
    inherit: str | None,
) -> int:
    """Grade a file of a report. `grade agreement` tells how often two people agree, `grade waiting` what is to be done."""
    with common.session() as session:
        if file is None and report in ("agreement", "waiting"):
            return _agreement(common, grading.agreement(session)) if report == "agreement" else _waiting(common, session)
        if file is None or (grade_ is None) == (inherit is None):
            raise click.UsageError("Give a report, a file of it and --grade or --inherit; or `grade agreement`, `grade waiting`.")
        if inherit is not None:
            state = grading.inherit_grade(session, report, file, inherit)
        else:
            state = grading.grade_file(session, report, file, grade_ or "", for_court=for_court, settle=settle, also=also)
    if common.json:
        print_json(state)
    else:
        told = f", {state.grade}, {state.says}" if state.grade else ""
        say(f"{state.sha256}: {state.state}{told}; in {state.copies} reports.")
    return 0


def _agreement(common: Common, found: tuple[Agreement, ...]) -> int:
    if common.json:
        print_json(found)
    else:
        table(("grade", "pairs", "agreed", "share"), [(a.grade, a.pairs, a.agreed, f"{a.agreed / a.pairs:.0%}") for a in found])
    return 0


def _waiting(common: Common, session: Session) -> int:
    found = grading.waiting(session)
    if common.json:
        print_json(found)
    else:
        table(("file", "state", "in reports"), [(s.sha256, s.state, s.copies) for s in found])
    return 0


@triage.command()
@click.argument("report")
@click.option("--issued", metavar="WHEN", help="Day or time of a written notice to keep data.")
@click.option("--to", "to_whom", metavar="WHOM")
@click.option("--number", metavar="N", help="The notice's number.")
@click.option("--court-told", metavar="WHEN", help="When the Court was told of the last notice.")
@with_common
def preserve(
    common: Common, report: str, issued: str | None, to_whom: str | None, number: str | None, court_told: str | None
) -> int:
    """Record a notice to keep data (PECA s.31): 90 days, and 24 hours to tell the Court."""
    if court_told is None and (issued is None or to_whom is None):
        raise click.UsageError("Give --issued and --to, or --court-told.")
    with common.session() as session:
        clocks = (
            preservation.record_notice(session, report, issued=issued, to_whom=to_whom, number=number)
            if issued is not None and to_whom is not None
            else ()
        )
        if court_told is not None:
            clocks = preservation.court_told(session, report, told=court_told)
    if common.json:
        print_json({"report_id": report, "clocks": clocks})
    else:
        for clock in clocks:
            say(f"{clock.name} until {both_clocks(clock.due)}: {clock.basis}")
    return 0


@triage.command()
@click.argument("report", required=False)
@click.option("--clusters", is_flag=True, help="The largest clusters of the store instead of one report's ties.")
@click.option("--limit", type=click.IntRange(min=1), default=50)
@with_common
def links(common: Common, report: str | None, clusters: bool, limit: int) -> int:
    """What belongs together: ties of a report and its cluster, or --clusters."""
    if (report is None) != clusters:
        raise click.UsageError("Give a report, or --clusters.")
    with common.session() as session:
        if report is None:
            found = cluster_job.all_clusters(session, limit)
            if common.json:
                print_json(found)
            for cluster in () if common.json else found:
                _tell_cluster(cluster)
            return 0
        of_one = cluster_job.links_of(session, report)
    if common.json:
        print_json(of_one)
        return 0
    for link in of_one.links:
        say(f"{link.report_id} by {tie(link)}")
    if of_one.cluster is None:
        say(f"{of_one.report_id} is tied to no other report.")
    else:
        _tell_cluster(of_one.cluster)
    return 0


def _tell_cluster(cluster: cluster_job.ClusterView) -> None:
    days = f"{cluster.first} to {cluster.last}" if cluster.first else "no day stated"
    say(f"Cluster {cluster.name}: {len(cluster.reports)} reports of {cluster.events} events, {days}, gravest band {cluster.band}")
    say(f"  reports {', '.join(cluster.reports)}")
    say(f"  offices {', '.join(cluster.offices) or 'none'}; cases {', '.join(cluster.open_cases) or 'none'}")
    for again in cluster.repeated:
        say(f"  {again.of} again: {again.kind} {again.value} in {again.events} events ({', '.join(again.reports)})")
    if cluster.unread:
        say(f"  {cluster.unread} reports of lower rank were not opened to look for people who come again")


@triage.group()
def rules() -> None:
    """The rules of the score: shown, taken out, tried, used, taken back."""


@rules.command("show")
@with_common
def rules_show(common: Common) -> int:
    """The rules in use, and which were before."""
    with common.session() as session:
        found = rules_job.show_rules(session)
    if common.json:
        print_json(found)
        return 0
    say(f"Rules {found.name}, {found.rules} of them")
    table(("rules", "since", "by", "taken back"), [(u.name, u.since, u.user, "yes" if u.taken_back else "") for u in found.uses])
    return 0


@rules.command("export")
@click.argument("out", type=click.Path(path_type=Path))
@with_common
def rules_export(common: Common, out: Path) -> int:
    """Write the rule files in use into a new folder, to be edited there."""
    with common.session() as session:
        name = rules_job.export_rules(session, out)
    return _named(common, name, f"in {out}")


@rules.command("try")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@with_common
def rules_try(common: Common, path: Path) -> int:
    """Who would change their band under the rules in a folder or zip. Nothing is stored."""
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        trial = rules_job.try_rules(session, path, bar, cancel)
    if common.json:
        print_json(trial)
        return 0
    say(f"{trial.moved} of {trial.reports} reports would change their band under {trial.name} (now {trial.compared_with})")
    table(("band", "now", "then"), [(band, now, then) for band, (now, then) in trial.bands.items()])
    table(
        ("report", "band", "would be", "risk", "would be", "because of"),
        [(m.report_id, m.band, m.would_be, f"{m.risk:.1f}", f"{m.would_risk:.1f}", ", ".join(m.why)) for m in trial.moves],
    )
    return 0


@rules.command("use")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@with_common
def rules_use(common: Common, path: Path) -> int:
    """Judge all reports by the rules in a folder or zip from now on."""
    with common.session() as session, progress_bar() as bar:
        name = rules_job.use_rules(session, path, bar)
    return _named(common, name, "in use")


@rules.command("back")
@with_common
def rules_back(common: Common) -> int:
    """Return to the rules that were in use before."""
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        name = rules_job.back(session, bar, cancel)
    return _named(common, name, "in use again")


def _named(common: Common, name: str, what: str) -> int:
    if common.json:
        print_json({"rules": name})
    else:
        say(f"Rules {name} are {what}.")
    return 0


@triage.command()
@click.option("--week", metavar="2026-W48", help="This week without it.")
@with_common
def sample(common: Common, week: str | None) -> int:
    """Draw the week's 20 reports of bands D and E that are worked like any other; `stats` says what they turned out to be."""
    with common.session() as session:
        found = sampling_job.draw(session, week)
    if common.json:
        print_json(found)
    else:
        say(f"{found.week}: {', '.join(found.reports) or 'no report of D or E is left to draw'}")
    return 0


def tell_ranking(found: sampling_job.Ranking) -> None:
    """Whether the order of work is right, as far as outcomes tell."""
    for what, share in (("missed in the sample of D and E", found.missed), ("something in band A", found.top_band)):
        said = f"{share.hits} of {share.of} worked to an end" if share.of else "none worked to an end yet"
        say(f"{what}: {said}, 95 % interval {share.low:.1%} to {share.high:.1%}")
    table(
        ("band", "reports in cases", "median hours to the first look"),
        [(band, n, found.first_look_hours.get(band, "nobody looked")) for band, n in found.cases_by_band.items()],
    )
    table(
        ("provider", "reports", "in band A", "became a case"),
        [(esp or "not stated", p.reports, p.band_a, p.cases) for esp, p in list(found.by_provider.items())[:20]],
    )
