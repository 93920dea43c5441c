"""`python -m triage` and the `triage` command; in a frozen program also the way a decode worker starts."""

from __future__ import annotations

import sys

from triage.decode.process import WORKER_FLAG


def main() -> None:
    if sys.argv[1:2] == [WORKER_FLAG]:
        from triage.decode.worker import main as work  # decoders are loaded only in the worker

        work()
        return
    from triage.cli.run import main as run_command

    run_command()


if __name__ == "__main__":
    main()
