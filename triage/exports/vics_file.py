"""Graded media as Project VIC files (VICS 2.0 and 1.3, categories of the United States): JSON that other tools import.

Field names and spellings follow docs/formats/vics.md, "Written".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Literal

from triage import __version__
from triage.message import Message
from triage.model.casework import Grade
from triage.model.graded import FilePlace, GradedCase, GradedFile, LeftOut

VicsVersion = Literal["2.0", "1.3"]
VICS_VERSIONS: tuple[VicsVersion, ...] = ("2.0", "1.3")
CATEGORIES: Mapping[Grade, int] = {
    Grade.ABUSE: 1,
    Grade.EXPLOITIVE: 2,
    Grade.AGE_UNCERTAIN: 2,
    Grade.ADULT: 0,
    Grade.INNOCENT: 0,
    Grade.OTHER: 0,
}
"""Grade -> category of the United States: 0 non-pertinent, 1 child abuse material, 2 child exploitive or age difficult."""
NO_CATEGORY: Mapping[Grade, Message] = {
    Grade.DRAWING: Message(
        "The grade does not say whether the drawing exploits a child, and category 3 says that it does. It has no category."
    ),
}
"""The other grades, each with the reason why no category says the same."""
_NAMESPACE = uuid.UUID("6d2f3a34-6c42-4d6c-9a53-0d9b0c3f5f21")
_ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
    "image/tiff": ".tif", "image/heic": ".heic", "image/heif": ".heif", "image/avif": ".avif", "video/mp4": ".mp4",
    "video/quicktime": ".mov", "video/webm": ".webm", "video/x-matroska": ".mkv", "video/x-msvideo": ".avi",
    "video/mpeg": ".mpg", "video/3gpp": ".3gp",
}  # fmt: skip
Node = dict[str, object]


def split_by_category(files: Sequence[GradedFile]) -> tuple[list[GradedFile], list[LeftOut]]:
    """Returns the files that have a category of the United States, and those that have none with the reason."""
    kept = [file for file in files if file.grade in CATEGORIES]
    return kept, [LeftOut(sha256=f.sha256, reason=NO_CATEGORY[f.grade]) for f in files if f.grade not in CATEGORIES]


def format_vics(files: Sequence[GradedFile], version: VicsVersion, case: GradedCase | None) -> bytes:
    """Returns the JSON: a case with its media, or without a case a hash list, the same bytes for the same values.

    A hash list names neither reports nor file names, and has no EXIF values. Raises KeyError for a grade without a category.
    """
    shape = "Media" if case is None else "Cases"
    media = [_build_media(file, version, with_places=case is not None) for file in files]
    if version == "2.0":
        head = {"@odata.context": f"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#{shape}"}
    else:
        head = {"odata.metadata": f"http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#{shape}"}
    value = media if case is None else [_build_case(case, media, version)]
    return json.dumps({**head, "value": value}, ensure_ascii=False, indent=1).encode()


def _build_case(case: GradedCase, media: list[Node], version: VicsVersion) -> Node:
    """Builds the case. Its id is the same whenever this store exports it, and differs from another store's."""
    case_id = str(uuid.uuid5(_NAMESPACE, f"{case.store}\0{case.number}"))
    stated = [("NCMEC Report", number) for number in case.reports]
    stated += [(f"{kind} number", value) for kind, value in case.registers]
    stated += [("Cleared person", case.cleared)] if case.cleared else []
    return {
        **_odata(version, "Media"),
        "CaseID": case_id,
        "CaseNumber": case.number,
        "ContactOrganization": case.agency,
        "ContactName": case.officer,
        "ContactTitle": case.rank,
        "ContactPhone": "",
        "ContactEmail": "",
        "SeizureDate": None,
        "SourceApplicationName": "Triage",
        "SourceApplicationVersion": __version__,
        "TotalMediaFiles": len(media),
        "TotalPrecategorized": sum(each["IsPrecategorized"] is True for each in media),
        "CaseMetadata": [{"CaseID": case_id, "PropertyName": name, "PropertyValue": _clean(value)} for name, value in stated],
        "Media": media,
    }


def _build_media(file: GradedFile, version: VicsVersion, *, with_places: bool) -> Node:
    """Builds one media entry. What nobody has established is null: unknown is not no."""
    md5 = file.md5.upper()
    made: Node = {
        **_odata(version, "AlternativeHashes", "Exifs"),
        "MediaID": file.id,
        "Category": CATEGORIES[file.grade],
        "MD5": md5,
        "SHA1": file.sha1.upper(),
        "MediaSize": file.size,
        "RelativeFilePath": f"VIC_Files\\{file.sha256}{_ENDINGS.get(file.mime or '', '')}",
        "IsPrecategorized": file.inherited_from is not None,
        "IsSuspected": None,
        "IsDistributed": None,
        "VictimIdentified": None,
        "OffenderIdentified": None,
        "Series": None,
        "Tags": "",
        "Comments": _describe_grade(file),
        "AlternativeHashes": [{"MD5": md5, "HashName": "SHA256", "HashValue": file.sha256}],
        "Exifs": [
            {"MD5": md5, "PropertyName": _clean(name), "PropertyValue": _clean(value)}
            for name, value in (file.exif if with_places else ())
        ],
        "MediaFiles": [_build_place(place, md5, version) for place in (file.places if with_places else ())],
    }
    if version == "2.0":
        made |= {
            "MimeType": file.mime,
            "DateUpdated": file.graded_at,
            "SelfGenerated": None,
            "PrecategorizationSource": f"image {file.inherited_from}" if file.inherited_from else None,
        }
    return made


def _describe_grade(file: GradedFile) -> str:
    """Returns our own grade in words, since two grades may share a category, and who stands behind it."""
    if file.inherited_from is not None:
        return f"Graded {file.grade.value}: taken over from the matching image {file.inherited_from}; this file was not viewed."
    people = "for court, by two people or by a lead" if file.for_court else "by one person"
    return f"Graded {file.grade.value}, {people}."


def _build_place(place: FilePlace, md5: str, version: VicsVersion) -> Node:
    """Builds the place of a file: the report stands for the device."""
    path = place.path.replace("/", "\\")
    return {
        **({"odata.editLink": "", "Media@odata.navigationLinkUrl": ""} if version == "1.3" else {}),
        "MD5": md5,
        "FileName": _clean(place.name),
        "FilePath": _clean(f"{place.report}\\{path}"),
        "Created": None,
        "Written": None,
        "Accessed": None,
        "Unallocated": None,
        "Deleted": None,
        "SourceID": place.report,
        "PhysicalLocation": None,
        "ParentMD5": None,
        "ParentFileName": None,
        "ParentFilePath": None,
    }


def _clean(text: str) -> str:
    """Returns a text of strangers with what is no Unicode written as an escape, as a file name may be."""
    return text.encode("utf-8", "backslashreplace").decode()


def _odata(version: VicsVersion, *lists: str) -> Node:
    """Returns the empty link fields that 1.3 has and 2.0 has not."""
    if version != "1.3":
        return {}
    return {"odata.id": "", "odata.editLink": "", **{f"{name}@odata.navigationLinkUrl": "" for name in lists}}
