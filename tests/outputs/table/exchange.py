"""What two workstations exchange."""

from __future__ import annotations

from tests.jobs.test_deconflict import Side, mail, make_side
from tests.outputs.output import Output, World
from triage.jobs.exchange.deconflict import answer_deconfliction, start_deconfliction
from triage.jobs.trusted_keys import trust_key
from triage.model.users import Right

_HIDDEN = (r'"recipient":"[^"]*"', r'"session":"[^"]*"', r'"points":"[^"]*"', r'"doubled":"[^"]*"')


def meet_other(world: World) -> Side:
    """Another store; both trust each other."""
    other = make_side(world.work, "quetta", {900000801: mail("kite")})
    world.run_well("keys", "trust", other.session.store.fingerprint, "--name", "quetta")
    trust_key(other.session, world.run_well("keys", "show", "--json").json["fingerprint"], "lahore")
    return other


def trust_other(world: World) -> tuple[str, ...]:
    meet_other(world).session.close()
    return ()


def ask(world: World) -> tuple[str, ...]:
    other = meet_other(world)
    start_deconfliction(other.session, "lahore", other.folder / "1.json")
    other.session.close()
    return (str(other.folder / "1.json"),)


def be_answered(world: World) -> tuple[str, ...]:
    other = meet_other(world)
    first = world.work / "1.json"
    world.run_well("deconflict", "start", "--with", "quetta", "--out", first)
    answer_deconfliction(other.session, first, other.folder / "2.json")
    other.session.close()
    return (str(other.folder / "2.json"),)


DECONFLICT = {"out": "lantern.json", "kinds": ("deconfliction",), "right": Right.ASSIGN, "times": _HIDDEN}
OUTPUTS = (
    Output(command="deconflict start", arguments=("--with", "quetta"), prepare=trust_other, **DECONFLICT),  # type: ignore[arg-type]
    Output(command="deconflict answer", prepare=ask, **DECONFLICT),  # type: ignore[arg-type]
    Output(command="deconflict finish", prepare=be_answered, **DECONFLICT),  # type: ignore[arg-type]
)
