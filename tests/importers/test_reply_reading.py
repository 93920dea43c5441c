"""Documents of replies: whatever the bytes are, there are rows within the limits, or one sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import limits
from triage.decode.protocol import ProtocolError
from triage.errors import InputError
from triage.importers.reply_files.reply_columns import find_columns
from triage.importers.reply_files.reply_reading import read_reply
from triage.jobs.intake.reply_wire import pack_reply, unpack_reply
from triage.model.data_requests import ColumnKind, ReplyRow, ReplyTable


@pytest.mark.parametrize(
    ("names", "field", "place"),
    [
        (("Sr", "MSISDN", "Customer Name", "CNIC No."), "value", 1),
        (("Phone", "Name"), "value", 0),
        (("Number", "Phone", "Name"), "phone", 1),
        (("IP Address", "Source Port", "Start Time", "Subscriber"), "port", 1),
        (("نمبر", "نام", "شناختی کارڈ", "پتہ"), "cnic", 2),
    ],
)
def test_columns_are_found_by_their_names(names: tuple[str, ...], field: str, place: int) -> None:
    columns = find_columns(names)
    assert columns is not None and columns.places[field] == place


def test_names_in_two_parts_are_one_name() -> None:
    (row,) = read_reply(b"Line,First Name,Last Name\n1234567890,Kite,Example\n").rows
    assert row.name == "Kite Example"


def test_a_loose_line_of_text_keeps_its_words_for_a_person() -> None:
    (row,) = read_reply(b"", ["Sr 1 1234567890 Kite Example 90000-0000000-1 Street 1"]).rows
    assert (row.line, row.cnic, row.name) == ("1234567890", "90000-0000000-1", "")
    assert "Kite Example" in row.more[0][1]


def test_cells_and_rows_are_bounded() -> None:
    wide = "Line,Name\n1234567890," + "x" * 100_000 + "\n"
    assert len(read_reply(wide.encode()).rows[0].name) == limits.MAX_REPLY_CELL
    many = "Line,Name\n" + "1234567890,x\n" * (limits.MAX_REPLY_ROWS + 5)
    table = read_reply(many.encode())
    assert len(table.rows) == limits.MAX_REPLY_ROWS and table.left_out == 5
    unpack_reply(pack_reply(table))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(st.binary(max_size=2_000) | st.text(max_size=1_000).map(str.encode) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_rows_or_a_reason(data: bytes) -> None:
    try:
        table = read_reply(data)
    except InputError as error:
        assert str(error).isprintable()
    else:
        assert unpack_reply(pack_reply(table)) == table


@given(
    st.lists(
        st.lists(st.sampled_from(["Line", "Name", "CNIC", "1234567890", "=1+1", "", "Phone", "2026-01-01 10:00"]), max_size=8),
        max_size=20,
    )
)
def test_any_table_gives_rows_within_the_limits(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in rows)
    try:
        table = read_reply(text.encode())
    except InputError:
        return
    assert len(table.rows) <= len(rows) and all(row.at for row in table.rows)


@pytest.mark.parametrize(
    "untrusted",
    [
        ReplyTable(),
        ReplyTable((ReplyRow(name="x" * (limits.MAX_REPLY_CELL + 1)),)),
        ReplyTable((ReplyRow(),), left_out=-1),
        ReplyTable(problem="line\nbreak"),
        ReplyTable((ReplyRow(),), problem="both"),
        ReplyTable((ReplyRow(more=(("a", "b"),) * (limits.MAX_REPLY_COLUMNS + 1)),)),
        ReplyTable((ReplyRow(stated=((ColumnKind.IP, "b"),) * (limits.MAX_REPLY_COLUMNS + 1)),)),
        ReplyTable((ReplyRow(stated=((ColumnKind.IP, "x" * (limits.MAX_REPLY_CELL + 1)),)),)),
        ReplyTable((ReplyRow(stated=(("no column", "b"),)),)),  # type: ignore[arg-type]
    ],
)
def test_an_answer_that_breaks_the_limits_is_refused(untrusted: ReplyTable) -> None:
    with pytest.raises(ProtocolError):
        unpack_reply(pack_reply(untrusted))
