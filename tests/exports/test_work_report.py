"""The check of a package looks at every row's name and every person's name: a new field of either kind is not forgotten."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from triage.exports.work_report import CorrectionForm, Name, ReportForm, Uid

NO_ROW = {"state.band.uid"}
"""It names a correction, which is a row itself."""


def build(hint: Any, path: str, found: dict[Any, list[str]]) -> Any:
    """Returns a value of a type in which each text is the path that leads to it; names go to `found` by their type."""
    if hint in (Name, Uid):
        found[hint].append(path)
        return path
    if get_origin(hint) is Annotated:
        return build(get_args(hint)[0], path, found)
    if get_origin(hint) in (Union, types.UnionType):
        return build(next(each for each in get_args(hint) if each is not type(None)), path, found)
    if get_origin(hint) is tuple:
        return (build(get_args(hint)[0], path, found),)
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        hints = get_type_hints(hint, include_extras=True)
        values = {name: build(each, f"{path}.{name}".removeprefix("."), found) for name, each in hints.items()}
        return hint(**(values | {"band": None} if hint is CorrectionForm else values))
    return path if hint is str else hint()


def test_each_name_of_a_row_and_of_a_person_is_listed() -> None:
    found: dict[Any, list[str]] = {Name: [], Uid: []}
    form = build(ReportForm, "", found)
    assert len(found[Uid]) > 6 and len(found[Name]) > 6
    assert sorted(form.list_uids()) == sorted(set(found[Uid]) - NO_ROW)
    assert sorted(form.list_people()) == sorted(found[Name])


def test_versions_and_documents_of_a_version() -> None:
    document = {"path": "a", "sha256": "0" * 64, "exhibit": "S1"}
    spans = [(1, None), (1, 1), (1, 3), (2, 3), (3, None)]
    sources = [{**document, "exhibit": f"S{n}", "version": since, "until": until} for n, (since, until) in enumerate(spans)]
    state = {"status": "new", "reason": None, "status_by": None, "assignee": None, "band": None, "case": None}
    form = msgspec.convert({"number": "900000001", "state": state, "card": None, "sources": sources}, ReportForm)
    assert form.list_versions() == [1, 2, 3]
    at = {version: [each.exhibit for each in form.list_sources_at(version)] for version in (1, 2, 3, 4)}
    assert at == {1: ["S0", "S2"], 2: ["S0", "S2", "S3"], 3: ["S0", "S4"], 4: ["S0", "S4"]}
