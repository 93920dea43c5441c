"""`python -m triage` and the `triage` command; in a frozen program also the way workers start."""

from __future__ import annotations

import sys

from triage.decode.process import WORKER_FLAG
from triage.jobs.judging.wire import JUDGE_FLAG


def main() -> None:
    if sys.argv[1:2] == [WORKER_FLAG]:
        from triage.decode.worker import main as work  # decoders are loaded only in the worker

        work()
        return
    if sys.argv[1:] == [JUDGE_FLAG]:
        from triage.jobs.judging.worker import main as judge

        judge()
        return
    from triage.cli.run import main as run_command

    run_command()


if __name__ == "__main__":
    main()
