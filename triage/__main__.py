"""The entry point of `python -m triage` and `triage`, and of the programs that it starts beside itself (`programs`)."""

from __future__ import annotations

import signal
import sys

from triage import programs
from triage.decode.confine import block_dangerous_calls, close_network


def main() -> None:
    """Runs the program that the arguments name.

    Ctrl-C while it still loads shows no traceback.
    """
    try:
        _run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; nothing was changed.\n")
        sys.exit(130)


def _run() -> None:
    """Closes the network, then loads and runs the program.

    Decoders and typesetting are loaded only in their own process.
    """
    flag = sys.argv[1] if len(sys.argv) > 1 else ""
    close_network()
    if flag in (programs.DECODE, programs.READ, programs.JUDGE, programs.TYPESET):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the host, which ends its workers
        block_dangerous_calls()
    if flag == programs.DECODE:
        from triage.decode.media_worker import main as run
    elif flag == programs.READ:
        from triage.jobs.intake.document_worker import main as run
    elif flag == programs.JUDGE:
        from triage.jobs.judging.worker import main as run
    elif flag == programs.TYPESET:
        from triage.exports.typesetter import main as run
    else:
        from triage.cli.run import main as run
    run()


if __name__ == "__main__":
    main()
