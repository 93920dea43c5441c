"""`python -m triage` and the `triage` command."""

from __future__ import annotations

from triage.cli.run import main

if __name__ == "__main__":
    main()
