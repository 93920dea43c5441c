"""All limits of the product in one place.

Sizes are bytes unless the name says otherwise.
"""

from __future__ import annotations

KIB = 1 << 10
MIB = 1 << 20

# Bundles
MAX_DOCUMENT = 64 * MIB
"""A report document (XML, JSON, PDF) larger than this is set aside."""
MAX_INNER_ARCHIVE_IN_MEMORY = 64 * MIB  # bytes of a zip within a zip; a larger one is read from sealed pieces on disk
MAX_ARCHIVE_DEPTH = 8  # zips within one another; a deeper one is set aside
MAX_ARCHIVE_ENTRIES = 1_000_000  # entries of all zips of one bundle, so that a small zip can't name endless files
MAX_RATIO = 200
"""Uncompressed to compressed, for entries above MAX_RATIO_FREE."""
MAX_RATIO_FREE = 16 * MIB  # bytes; smaller entries may be packed as tightly as they like, since they fill no disk
MAX_NAME = 1024  # bytes of an entry's name; file systems stop at 255 for each part of a path
PEEK = 4 * KIB  # bytes from which the kind of an entry is told
SMALL_ENTRY = 64 * KIB
"""Up to here an entry is read whole when it is first seen, instead of being opened several times."""
CHUNK = 1 * MIB  # bytes that are read at once

# Documents
MAX_XML_DEPTH = 64  # elements within one another; reports need some ten, and a deeper tree could exhaust a stack
MAX_XML_NODES = 2_000_000
"""Elements and attributes of a document, and values of a JSON document; each takes memory many times its length."""
MAX_JSON_DEPTH = 64  # objects and lists within one another, as for XML
MAX_READ_ANSWER = 192 * MIB
"""What was read of one document, as it crosses the wire; READ_FACTOR says what a smaller one may come to."""
READ_FACTOR = 16  # times the size of a document that what was read of it may take: a short address comes with place and label
READ_FLOOR = MIB  # bytes that are allowed beside

MAX_COMPRESSED = MAX_READ_ANSWER
"""A document, location or score that is longer is stored as it is, and a stored one that unpacks to more is damaged."""

# Texts of files, such as chat logs
MAX_TEXT_FILE = 16 * MIB
"""A larger file is kept and not read."""
MAX_FILE_TEXT_LINES = 400_000  # lines of one file; more is no chat, and each line costs a match
MAX_FILE_TEXT = 400_000
"""Characters that are kept of one file: half from its beginning, half from its end."""
MAX_FILE_MESSAGE = 50_000
"""Characters that are kept of one message."""
MAX_FILE_MESSAGES = 20_000  # messages that are kept of one file
MAX_FILE_LABEL = 200  # characters of a sender's label or a time
MAX_TEXT_ANSWER = 4 * MAX_FILE_TEXT + 16 * MAX_FILE_MESSAGES
"""The text of one file as it crosses the wire: UTF-8, and the counts of its parts."""
MAX_REPORT_TEXT = 4 * MIB
"""Stored bytes of the texts of files that one report shows, is judged by and is found by."""

# Replies to requests
MAX_REPLY_FILE = 256 * MIB
"""A larger file is refused. Of one document of a reply up to MAX_DOCUMENT is read; a larger one is sealed and not read."""
MAX_REPLY_DOCUMENTS = 2_000
"""Files in the zips of one reply."""
MAX_REPLY_UNPACKED = 512 * MIB
"""What the zips of one reply may unpack to, over all levels."""
MAX_REPLY_ZIP_DEPTH = 2  # zips within one another
MAX_REPLY_ROWS = 100_000  # read of one document; an annex has some thousand lines at most
MAX_REPLY_COLUMNS = 64  # of a table
MAX_REPLY_CELL = 2_000  # characters of a cell
MAX_REPLY_TEXT = 24 * MIB
"""Characters that are read of the rows of one document."""
MAX_REPLY_ANSWER = 4 * MAX_REPLY_TEXT + 64 * MAX_REPLY_ROWS
"""Bytes of a reply's rows as they cross the wire: UTF-8, and the counts of the rows."""

# Hash lists
MAX_LIST_ITEM = 16 * MIB
"""One entry, in characters: a medium that lies at a hundred thousand places of a device."""
MAX_LIST_LINE = 64 * KIB
"""One line of a table, or one key, in characters."""
LONG_LIST = 16 * MIB
"""A file of a list above this size is taken in step by step, and its digests stand in blocks."""

# Backups
BACKUP_REREAD = 4096 * MIB
"""Bytes of media that a backup reads again of what earlier backups copied."""

# Media, in the sandbox
MAX_WHOLE = 64 * MIB
"""Input up to here crosses the wire whole; above it the worker asks for ranges."""
MAX_PIXELS = 200_000_000  # of one image; the largest cameras make 150 million
MAX_SIDE = 65_000  # pixels of one side; JPEG can't state more than 65,535
MAX_EXIF_FIELDS = 400  # of one image; cameras write about a hundred
MAX_EXIF_TEXT = 64 * KIB  # bytes of all EXIF values of one image
DECODE_SECONDS = 60  # by the clock, for one request to a worker, before it is killed
DECODE_FLOOR_SECONDS = 10  # a small file may take less than DECODE_SECONDS: as long as this,
DECODE_BYTES_A_SECOND = 100 * KIB  # and a second more for as many bytes
WORKER_MEMORY = 1_400 * MIB  # bytes of address space of one worker; MAX_PIXELS in colour take 600 MB
MOST_WORKERS = 6
"""A worker takes about 110 MB at rest; the whole tree of an import stays below 1.5 GB."""
WORKER_FILES = 500
"""A worker is replaced after so many files."""
MAX_PDF_PAGES = 2_000  # of one document
MAX_PDF_TEXT = 16 * MIB  # bytes of the text of one document
REVEAL_SIDE = 1_600  # pixels of the long side of what is shown: as much as a screen has, and no original leaves the sandbox
CROP_SIDE = 800
"""Pixels of the long side of a crop at most."""

# Videos, in the sandbox
FILM_FRAMES = 300  # hashed frames of one video that are kept, some 20 KB
FILM_SAMPLES = 4_096  # frames of one video that are sampled; a longer one is sampled half as often, then half as often again
FILM_STEP_MS = 60  # milliseconds; a frame is sampled when these or FILM_STEP_FRAMES have passed, since time stamps may lie
FILM_STEP_FRAMES = 3  # frames; see FILM_STEP_MS
FILM_STILL = 16
"""Bits of PDQ by which a frame must differ from all kept ones. It is half of MATCH_RADIUS, so that a copy whose frames fall
between ours is still found."""
FILM_PIXELS = 4_000_000_000
"""Decoded pixels, up to twice as many where a header lied: 64 s of 1080p, or 5 min of a messenger's video. Of a longer video as
much is decoded, spread over its key frames."""
FILM_DECODED = 40_000  # decoded frames, before the reader stops
FILM_PACKETS = 500_000  # packets read, before the reader stops
FILM_DAMAGED = 200  # packets that can't be decoded, before the reader stops
FILM_SECONDS = 45  # by the clock, should all else be slow: well before the host kills the worker
FRAME_PIXELS = 1_000_000_000  # decoded on the way from a key frame to the one frame that is shown
FRAME_PACKETS = 20_000  # read on that way

# Matching. Distances are numbers of bits that differ: of 256 in PDQ, of 480 in the difference hash (dHash).
MATCH_RADIUS = 31  # bits of PDQ, its published threshold; up to here images match when dHash agrees
POSSIBLE_RADIUS = 64  # bits of PDQ; beyond MATCH_RADIUS and up to here a match is possible when dHash agrees
DHASH_SHARE = 0.35
"""dHash agrees when fewer bits differ than this share of the gradient changes (hashing/difference_hash.py) of the image that has
fewer, less FLAT_GRADIENT_CHANGES. In one of 300 true pairs of photographs more bits differ, and in nearly all pairs of strangers
within MATCH_RADIUS too (docs/measurements-hashing.md)."""
FLAT_GRADIENT_CHANGES = 70  # changes that any edge or ball has, so they prove nothing
MOST_DHASH_BITS = 96  # bits of dHash; beyond it nothing matches: two grids of holes have more gradient changes than grain
CLOSE_RADIUS = 7  # bits of PDQ; up to here CLOSE_SHARE holds instead of DHASH_SHARE
CLOSE_SHARE = 0.5  # of all gradient changes; noise on an even ground changes many bits of dHash and few of PDQ
WINDOW_DHASH_BITS = 120  # bits; beyond it two crops within MATCH_RADIUS are no possible match; strangers differ in about 240
POSSIBLE_DHASH_BITS = 90  # bits; beyond it two windows beyond MATCH_RADIUS are no possible match
POSSIBLE_SHARE = 0.4  # of the gradient changes; a possible match beyond MATCH_RADIUS has fewer differing bits of dHash
AGAINST_SHARE = 0.8  # of the gradient changes; from here on balls, edges and lights beyond CLOSE_RADIUS are no possible match
TOUCHED_RADIUS = 100  # bits of PDQ; two whole images, of which one may bear a sticker, are a possible match up to here
TOUCHED_DHASH_BITS = 96  # bits; beyond it a sticker does not explain the difference
MIN_PDQ_QUALITY = 50  # of 100; an image below it has low quality and never matches by hash
MIN_POSSIBLE_QUALITY = 20
"""Of 100. An image from here up to MIN_PDQ_QUALITY can be a possible match, since darkening or less contrast alone
lowers the quality. Below it only bytes are compared."""
UNEVEN_STARTS = (88, 140)  # bits of PDQ and of dHash; up to here an uneven crop is tried (hashing/uneven_crops.py)
UNEVEN_RADIUS = 40  # bits of PDQ; a possible match comes as near in the end, and within POSSIBLE_SHARE; nearly all within 31
UNEVEN_DHASH_BITS = 60  # bits; a possible match comes as near in the end, and nearly all true crops do
MOST_UNEVEN = 50  # images, the nearest first, that are tried as uneven crops of one image; each takes some 3 ms
LIST_WINDOW_RADIUS = 16  # bits of PDQ, half of MATCH_RADIUS: a list has no dHash, so its crops are possible matches up to here
LIST_FLAT_RADIUS = 15  # bits of PDQ; beyond it an image of few gradient changes is only a possible match of a list's hash
LIST_GRADIENT_CHANGES = 200  # below it an image has few: most strangers within MATCH_RADIUS have, and few photographs
HUB_FROM = 64
"""An image that matches so many others becomes a hub image; later copies are linked to it instead of to one another. Of copies of
a video, and of the list entries that one image matches, as many are kept."""
HUB_LINKS = 3  # hub images, the nearest, that one image is linked to
HELD_FROM = 200
"""A hash that matches so many different files in as many reports is held for review. People look at each of a few matches, not at
each of hundreds. So a lead says once what the hash is: a widespread image, or one that says little."""
MOST_POSSIBLE = 20  # possible matches of one image, the nearest; nobody would look at more
COMPARED_AT_ONCE = 6_000  # new images for which an import reads the stored hashes once; three windows of each are searched
INDEXED_AT_ONCE = 50_000
"""Images of the store that are in memory at once during a thorough comparison: 0.3 GB. Building all such indexes takes as long as
building a single one. More of them cost each image more look-ups."""
SEARCHED_IN_ONE_BLOCK = 10  # images compared thoroughly together in a store of up to INDEXED_AT_ONCE, whose index is kept
SEARCHED_IN_BLOCKS = 500  # the same in a larger store, which is read once for each such round
POSSIBLE_AT_ONCE = 250_000
"""Media items. In a larger store an import leaves possible matches to the background comparison: searching the difference hashes
of all whole images then takes over 50 ms an image."""
FILM_SHARE = 60
"""Percent of a video's frames that must match another's: of one video to be a part of the other, of both to be the same. In a
true copy of a lively video up to a third fall between the other's frames; of strangers' frames none match."""
FILM_DISTINCT = 3  # found frames that do not match one another; fewer prove no more than one matching image does
FILM_DISTINCT_IN_PART = 6  # the same for videos that only share frames
FILM_COMMON = 20  # videos; a frame found in more is a title or a logo and counts only between whole videos that are the same
FILM_MATCHES = 100  # stored matches of one video, the strongest

# Packets and signed files of others, when they are verified
MAX_PACKET_FILES = 100_000  # files and folders; a packet of hundreds of reports has a few thousand
MAX_PACKET_DEPTH = 16  # folders in one another; ours have four
MAX_PACKET_PATH = 1_024  # bytes of a path below the packet's folder
MAX_PACKET_BYTES = 2 << 40  # hashed in all; what is larger, sha256sum checks as the README says
MAX_PACKET_PROBLEMS = 1_000  # sentences; the rest is counted
MAX_MANIFEST = 16 * MIB  # a manifest of MAX_PACKET_FILES entries of usual length
MAX_TAG_FILE = 64 * KIB  # bagit.txt, bag-info.txt
MAX_KEY_FILE = 4 * KIB  # a public key or a signature: some hundred bytes
MAX_SIGNED_FILE = 256 * MIB  # Ed25519 wants the whole file in memory
MAX_HOLES = 64 * MIB  # a file may claim so many more bytes than the disk holds for it

# Work packages
MAX_PACKAGE_REPORTS = 10_000  # of a backlog of 100,000 each of 15 offices gets 6,667; without media they fit into one file
MAX_PACKAGE_MEMBERS = 100_000  # files in one package: originals and media of MAX_PACKAGE_REPORTS
MAX_PACKAGE_MANIFEST = 16 * MIB  # bytes; a manifest of MAX_PACKAGE_MEMBERS entries of usual length
MAX_PACKAGE_REPORT = 8 * MIB  # of the JSON about one report, without sources and media
MAX_PACKAGE_VERSIONS = 64  # of one report: each version is one round of its import
MAX_PACKAGE_ENTRIES = 10_000  # decisions, grades, corrections, or list matches of one report

# Import
IMPORT_MEMORY = 2_048 * MIB
"""An import may take so much more in its own process than there was at its start. What a hundred thousand reports need is a tenth
of it; more than that only something that was made to."""
BATCH_BYTES = 32 * MIB  # bytes of new content that are committed at once, since they wait in memory
BATCH_ITEMS = 200  # media items that are committed at once
BATCH_DOCUMENTS = 1_000  # documents that are committed at once

# Disk
MIN_FREE = 512 * MIB
"""With less than this free on the store's disk nothing more is taken in: batches, their log and the head need room to end."""
MAX_WORKBOOK = 32 * MIB  # a spreadsheet that a lead filled in; our largest that can be read back has some 4 MiB
MAX_WORKBOOK_PART = 64 * MIB  # one worksheet or the shared texts of it, unpacked
MAX_WORKBOOK_UNPACKED = 256 * MIB  # all that is read of one, unpacked; a part that is read twice counts twice
MAX_WORKBOOK_SHEETS = 64  # ours has one for each office
MAX_WORKBOOK_ENTRIES = 1_000  # files of its zip
MAX_WORKBOOK_ROWS = 50_000  # of one worksheet that are read
MAX_WORKBOOK_COLUMNS = 200  # of one worksheet that are read
