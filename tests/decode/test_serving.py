from __future__ import annotations

from triage.decode import protocol, serving
from triage.decode.protocol import FrameKind, Operation, Request, WireFrame


class GivenWire(serving.Wire):
    """A wire from which given files come."""

    def __init__(self, files: list[bytes]) -> None:
        self._files = iter(files)

    def receive(self) -> WireFrame:
        return WireFrame(FrameKind.DATA, 1, next(self._files))


def test_each_of_several_files_knows_its_size() -> None:
    wire, request = GivenWire([b"four", b"", b"a"]), Request(operation=Operation.MEASURE, count=3)
    assert [serving._make_source(wire, 1, request).size for _ in range(3)] == [4, 0, 1]


def test_a_large_file_has_the_size_that_the_host_says() -> None:
    source = serving._make_source(GivenWire([]), 1, Request(operation=Operation.MEASURE, size=protocol.MAX_DATA, inline=False))
    assert (source.size, source.whole) == (protocol.MAX_DATA, None)
