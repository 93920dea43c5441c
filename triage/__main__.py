"""`python -m triage` and the `triage` command; in a frozen build also the way in for the programs that it starts beside it."""

from __future__ import annotations

import sys

from triage import programs


def main() -> None:
    """Decoders and typesetting are loaded only in the process that is there for it."""
    flag = sys.argv[1] if len(sys.argv) > 1 else ""
    if flag == programs.DECODE:
        from triage.decode.worker import main as run
    elif flag == programs.JUDGE:
        from triage.jobs.judging.worker import main as run
    elif flag == programs.TYPESET:
        from triage.exports.typesetter import main as run
    else:
        from triage.cli.run import main as run
    run()


if __name__ == "__main__":
    main()
