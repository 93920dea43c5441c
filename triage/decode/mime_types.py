"""The types of files that the decoder knows."""

from __future__ import annotations

MIMES = (
    "application/octet-stream",
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/avif",
    "image/tiff",
    "image/bmp",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/x-matroska",
    "video/x-msvideo",
    "video/3gpp",
    "application/pdf",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/flac",
    "audio/amr",
    "video/mpeg",
    "video/mp2t",
    "video/x-flv",
    "video/x-ms-asf",
    "video/ogg",
)
"""A mime type crosses the wire as its place in this tuple."""
