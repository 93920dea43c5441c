"""Tells what a file is by its first bytes, before its name.

Names are wrong more often than bytes.
"""

from __future__ import annotations

from typing import Literal

Sort = Literal["media", "archive", "document", "unknown"]

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MEDIA_MAGIC = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",  # TIFF and many raw formats
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\0\0\1\0",  # ICO
    b"8BPS",  # Photoshop
    b"\0\0\0\x0cJXL \r\n\x87\n",
    b"\xff\x0a",  # JPEG XL codestream
    b"\0\0\0\x0cjP  \r\n\x87\n",  # JPEG 2000
    b"\xff\x4f\xff\x51",
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"FLV\1",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF, WMV
    b"\0\0\1\xba",  # MPEG programme stream
    b"\0\0\1\xb3",
    b"OggS",
    b"fLaC",
    b"ID3",
    b"#!AMR",
    b"MThd",
    b".RMF",
)
_RIFF = (b"WEBP", b"AVI ", b"WAVE")
_MPEG_AUDIO = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
_OTHER_ARCHIVES = (
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",  # gzip
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",  # zstd
    b"MSCF",  # cab
)
_MEDIA_ENDINGS = {
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "gif", "webp", "heic", "heif", "hif", "avif", "tif", "tiff", "bmp", "ico", "jxl",
    "jp2", "psd", "dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "svg",
    "mp4", "m4v", "mov", "qt", "webm", "mkv", "avi", "3gp", "3g2", "mpg", "mpeg", "mpe", "m2v", "ts", "mts", "m2ts", "vob", "wmv",
    "asf", "flv", "f4v", "ogv", "rm", "rmvb",
    "mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "amr", "wma", "mid", "midi", "aif", "aiff", "caf",
}  # fmt: skip
_DOCUMENT_ENDINGS = {
    "txt", "csv", "tsv", "log", "eml", "msg", "mbox", "pdf", "html", "htm", "mht", "mhtml", "rtf", "md", "json", "jsonl", "xml",
    "yml", "yaml", "ini", "vcf", "ics", "kml", "gpx", "doc", "xls", "ppt", "docx", "xlsx", "pptx", "odt", "ods", "odp", "pages",
    "numbers", "key", "epub", "docm", "xlsm", "pptm", "xps", "url", "webloc", "p7s", "asc", "sha256", "md5",
}  # fmt: skip
_ZIPPED_KINDS = {
    "docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "odt", "ods", "odp", "epub", "pages", "numbers", "key", "kmz", "apk", "jar",
    "xapk", "ipa", "whl", "xpi", "cbz", "3mf", "usdz", "sketch", "xps",
}  # fmt: skip
_ARCHIVE_ENDINGS = {"zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "tbz", "xz", "txz", "zst", "cab", "zipx"}

_JUNK_NAMES = {".ds_store", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", ".localized", "icon\r"}
_JUNK_FOLDERS = {"__macosx", ".spotlight-v100", ".trashes", ".fseventsd", "$recycle.bin", "system volume information"}
APPLE_DOUBLE = b"\x00\x05\x16\x07"


def file_ending(name: str) -> str:
    """Returns the ending of a file name in lower case, "" when it has none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def classify_content(name: str, peek: bytes) -> Sort:
    """Returns the kind of a file by its magic bytes, else by its ending.

    "archive" stands for what `archive` opens or sets aside.
    """
    end = file_ending(name)
    if peek.startswith(ZIP_MAGIC):
        return "document" if end in _ZIPPED_KINDS else "archive"
    if is_media(peek):
        return "media"
    if peek.startswith(_OTHER_ARCHIVES) or peek[257:262] == b"ustar":
        return "archive"
    if peek.startswith((b"%PDF-", b"{\\rtf", b"\xd0\xcf\x11\xe0")):
        return "document"
    if end in _MEDIA_ENDINGS:
        return "media"
    if end in _ARCHIVE_ENDINGS:
        return "archive"
    return "document" if end in _DOCUMENT_ENDINGS else "unknown"


def is_media(peek: bytes) -> bool:
    """Returns whether the bytes begin like an image, a video or a sound file."""
    return (
        peek.startswith(_MEDIA_MAGIC)
        or (peek[:2] == b"BM" and peek[6:10] == bytes(4))
        or (peek[:4] == b"RIFF" and peek[8:12] in _RIFF)
        or peek[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")
        or (peek[:4] == b"FORM" and peek[8:12] in (b"AIFF", b"AIFC"))
        or (peek[:2] in _MPEG_AUDIO and len(peek) > 3)
        or (peek[:1] == b"G" and peek[188:189] == b"G" and peek[376:377] == b"G")
    )


def is_zip(name: str, peek: bytes) -> bool:
    """Returns whether a file is an archive that is opened.

    It is a zip by its bytes, or by its name when the bytes name no other archive.
    """
    return classify_content(name, peek) == "archive" and (
        peek.startswith(ZIP_MAGIC) or (file_ending(name) in ("zip", "zipx") and not _is_other_archive(peek))
    )


def _is_other_archive(peek: bytes) -> bool:
    """Returns whether the bytes begin like an archive other than zip."""
    return peek.startswith(_OTHER_ARCHIVES)


def has_junk_name(name: str, folders: str) -> bool:
    """Returns whether a name or its folder is one that operating systems leave behind.

    `folders` is the file's level.
    """
    if name.lower() in _JUNK_NAMES or name.startswith("._"):
        return True
    return any(part in _JUNK_FOLDERS for part in folders.lower().split("/"))


def is_junk(name: str, folders: str, peek: bytes) -> bool:
    """Returns whether a file was left behind by an operating system.

    An image or archive with such a name is no junk. A `._name` is junk only when it is AppleDouble or has no known content.
    """
    if not has_junk_name(name, folders):
        return False
    if name.startswith("._") and "__macosx" not in folders.lower():
        return peek.startswith(APPLE_DOUBLE) or (not is_media(peek) and peek.lstrip()[:1] not in (b"<", b"{", b"[", b"%"))
    return not is_media(peek) and not peek.startswith(ZIP_MAGIC)
