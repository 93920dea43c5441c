"""Writes down what was planted, for tests and measurements: truth.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any

from triage_demo.feed.bundles import LOCK, Layout, declared
from triage_demo.feed.plan import Plan
from triage_demo.feed.records import Capture, Report, Someone, When


def _utc(when: When | None) -> str | None:
    return None if when is None else when.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _identifier(kind: str, value: str, role: str, **rest: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, "role": role, **rest}


def _ip(capture: Capture, role: str) -> dict[str, Any]:
    return _identifier(
        "ip", capture.address, role, port=capture.port, time=_utc(capture.when), event=capture.event,
        country=capture.country, operator=capture.operator,
    )  # fmt: skip


def _of_person(someone: Someone, role: str) -> Iterator[dict[str, Any]]:
    for kind, contacts in (("phone", someone.phones), ("email", someone.emails)):
        yield from (_identifier(kind, contact.value, role, verified=contact.verified) for contact in contacts)
    for kind, value in (("username", someone.screen_name), ("user_id", someone.user_id)):
        if value is not None:
            yield _identifier(kind, value, role)
    yield from (_identifier("display_name", value, role) for value in someone.display_names)
    yield from (_identifier("url", value, role) for value in someone.profile_urls)
    yield from (_identifier("device", device.value, role, type=device.kind) for device in someone.devices)
    yield from (_ip(capture, role) for capture in someone.captures)
    for _, other in someone.associated:
        yield from _of_person(other, "associated")


def identifiers(report: Report) -> list[dict[str, Any]]:
    """Returns every identifier that a report states, with its role."""
    found: list[dict[str, Any]] = []
    for role, people in (("suspect", report.suspects), ("recipient", report.recipients), ("victim", report.victims)):
        for someone in people:
            found += _of_person(someone, role)
    for incident in report.incidents:
        found += [_ip(capture, "incident") for capture in incident.captures]
        found += [_identifier("url", value, "incident") for name, value in incident.values if name == "url"]
    found += [_ip(file.capture, "file") for file in report.files if file.capture]
    return found


def _files(report: Report, made: Mapping[str, bytes]) -> list[dict[str, Any]]:
    return [
        {
            "name": file.name,
            "original_name": file.original_name,
            "present": file.present,
            "sha256": sha256(made[file.picture]).hexdigest(),
            "declared": {kind.lower(): digest for kind, digest in declared(file, made[file.picture]).items()},
            "declared_hash_matches": (not file.wrong_hash) if file.present else None,
            "viewed_by_esp": file.viewed,
            "exif_viewed_by_esp": file.exif_viewed,
            "publicly_available": file.public,
            "relevance": file.relevance,
            "classification": file.classification,
            "annotations": sorted(
                {*file.annotations, *(("potentialMeme",) if file.legacy_meme and report.form == "xml" else ())}
            ),
            "picture": file.picture,
        }
        for file in report.files
    ]


def _report(report: Report, made: Mapping[str, bytes], layout: Layout) -> dict[str, Any]:
    people = (*report.suspects, *report.recipients, *report.victims)
    return {
        "key": report.key,
        "number": report.number,
        "form": report.form,
        "path": layout.where[report.key],
        "story": report.story,
        "gravity": report.gravity,
        "expected_country": report.country,
        "esp": report.provider.name,
        "platform": report.platform,
        "incident_type": report.incident_type,
        "incident_time": _utc(report.when),
        "received": report.received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if report.form != "xml" else None,
        "priority_code": report.priority,
        "designation": "informational" if "informational" in report.annotations else report.designation,
        "escalation": report.escalation,
        "annotations": list(report.annotations),
        "batched": report.batched,
        "prior_reports": [number for someone in people for number in someone.prior_reports],
        "victims": len(report.victims),
        "unknown_elements": [name for name, _ in report.extra],
        "quirks": sorted(report.quirks),
        "cluster": report.cluster,
        "identifiers": identifiers(report),
        "files": _files(report, made),
    }


def describe(plan: Plan, made: Mapping[str, bytes], layout: Layout) -> dict[str, Any]:
    """Returns the content of truth.json."""
    digests = {name: sha256(data).hexdigest() for name, data in made.items()}
    clusters: dict[str, list[str]] = {}
    for report in plan.reports:
        if report.cluster:
            clusters.setdefault(report.cluster, []).append(report.key)
    return {
        "seed": plan.seed,
        "until": plan.until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "count": len(plan.reports),
        "reports": [_report(report, made, layout) for report in plan.reports],
        "near_duplicates": [
            {"of": digests[picture.id], "sha256": digests[variant.id], "change": variant.change}
            for picture in plan.pictures
            for variant in picture.variants
        ],
        "clusters": clusters,
        "set_aside": layout.set_aside,
        "junk": layout.junk,
        "loose": layout.loose,
        "passwords": [LOCK],
    }
