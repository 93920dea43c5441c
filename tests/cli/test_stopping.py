from __future__ import annotations

import signal
import sys
import threading

import pytest

from triage.cli.stopping import stoppable
from triage.errors import Cancelled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")


def test_the_first_ctrl_c_asks_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as token:
        signal.raise_signal(signal.SIGINT)
        assert token.cancelled()
        with pytest.raises(Cancelled):
            token.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_thread_hears_no_signals_and_gets_a_token_all_the_same() -> None:
    tokens = []

    def work() -> None:
        with stoppable() as token:
            tokens.append(token)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not tokens[0].cancelled()
