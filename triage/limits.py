"""All limits of the product in one place.

Sizes are bytes unless the name says otherwise.
"""

from __future__ import annotations

KIB, MIB = 1 << 10, 1 << 20

# Bundles
MAX_DOCUMENT = 64 * MIB
"""A report document (XML, JSON, PDF) larger than this is set aside."""
MAX_INNER_ARCHIVE_IN_MEMORY = 64 * MIB
MAX_ARCHIVE_DEPTH = 8
MAX_ARCHIVE_ENTRIES = 1_000_000
MAX_RATIO = 200
"""Uncompressed to compressed, for entries above MAX_RATIO_FREE."""
MAX_RATIO_FREE = 16 * MIB
MAX_NAME = 1024
PEEK = 4 * KIB
SMALL_ENTRY = 64 * KIB
"""Up to here an entry is read whole when it is first seen, instead of being opened several times."""
CHUNK = 1 * MIB

# Documents
MAX_XML_DEPTH = 64
MAX_XML_NODES = 2_000_000
MAX_JSON_DEPTH = 64
MAX_READ_ANSWER = 192 * MIB
"""What was read of one document, as it crosses the wire; READ_FACTOR says what a smaller one may come to."""
READ_FACTOR, READ_FLOOR = 16, MIB
"""So many times its size, and so many bytes: an address of a few characters comes with its place, its label and its document."""

# Texts of files, such as chat logs
MAX_TEXT_FILE = 16 * MIB
"""A larger file is kept and not read."""
MAX_FILE_TEXT_LINES = 400_000
MAX_FILE_TEXT = 400_000
"""Characters that are kept of one file: half from its beginning, half from its end."""
MAX_FILE_MESSAGE = 50_000
"""Characters that are kept of one message."""
MAX_FILE_MESSAGES, MAX_FILE_LABEL = 20_000, 200
"""Messages that are kept of one file, and characters of a sender's label or a time."""
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
MAX_REPLY_ZIP_DEPTH = 2
MAX_REPLY_ROWS, MAX_REPLY_COLUMNS, MAX_REPLY_CELL = 100_000, 64, 2_000
"""Rows that are read of one document, columns of a table, and characters of a cell. An annex has some thousand lines at most."""
MAX_REPLY_TEXT = 24 * MIB
"""Characters that are read of the rows of one document."""
MAX_REPLY_ANSWER = 4 * MAX_REPLY_TEXT + 64 * MAX_REPLY_ROWS

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
MAX_PIXELS = 200_000_000
MAX_SIDE = 65_000
MAX_EXIF_FIELDS = 400
MAX_EXIF_TEXT = 64 * KIB
DECODE_SECONDS = 60
DECODE_FLOOR_SECONDS, DECODE_BYTES_A_SECOND = 10, 100 * KIB
"""A small file may take less: so long, and a second more for so many bytes."""
WORKER_MEMORY = 1_400 * MIB
MOST_WORKERS = 6
"""A worker takes about 110 MB at rest; the whole tree of an import stays below 1.5 GB."""
WORKER_FILES = 500
"""A worker is replaced after so many files."""
MAX_PDF_PAGES = 2_000
MAX_PDF_TEXT = 16 * MIB
REVEAL_SIDE = 1_600
CROP_SIDE = 800
"""Pixels of the long side of a crop at most."""

# Films, in the sandbox
FILM_FRAMES = 300
"""So many hashed frames of a film are kept at most, some 20 KB."""
FILM_LOOKS = 4_096
"""Places of a film that are looked at; a longer one is looked at half as often, then half as often again."""
FILM_STEP_MS, FILM_STEP_FRAMES = 60, 3
"""A film is looked at whenever one of the two has passed: time stamps may lie."""
FILM_STILL = 16
"""Bits of PDQ by which a frame must differ from all that were kept; half of a match's radius, so that a copy whose
frames fall between ours is still found."""
FILM_PIXELS = 4_000_000_000
"""Decoded at most, twice where a header lied: 64 s of 1080p or 5 min of a messenger's film. Of a longer one so much is decoded,
spread over its key frames."""
FILM_DECODED, FILM_PACKETS, FILM_DAMAGED = 40_000, 500_000, 200
"""Frames decoded, packets read and packets that can't be decoded, before the reader stops."""
FILM_SECONDS = 45
"""By the clock, should all else be slow: well before the host kills the worker."""
FRAME_PIXELS, FRAME_PACKETS = 1_000_000_000, 20_000
"""Decoded and read on the way from a key frame to the one frame that is to be shown."""

# Matching
MATCH_RADIUS = 31
POSSIBLE_RADIUS = 64
"""Beyond MATCH_RADIUS and up to here two windows are possibly alike, when their second hashes agree too."""
SECOND_SHARE, PLAIN_VARIETY = 0.35, 70
"""Two match when fewer bits of their difference hashes differ than so large a share of the gradient changes of both
(hashing/difference_hash.py), after the part that any edge or ball has. Of true photographs one in 300 has more, of strangers
within MATCH_RADIUS nearly all (docs/measurements-hashing.md)."""
MOST_SECOND = 96
"""However much variety there is: two grids of holes have more than grain."""
CLOSE_RADIUS, CLOSE_SHARE = 7, 0.5
"""Of two that are so near it is so large a share of all: noise on an even ground turns many comparisons and few waves."""
WINDOW_SECOND, POSSIBLE_SECOND = 120, 90
"""At most so many differ in a possible match, of crops up to MATCH_RADIUS, and of what lies beyond it. Strangers differ in about
240."""
POSSIBLE_SHARE, AGAINST_SHARE = 0.4, 0.8
"""And beyond MATCH_RADIUS fewer than so large a share of the variety, beyond CLOSE_RADIUS than so large a one: else balls, edges
and lights are possibly one another."""
TOUCHED_RADIUS, TOUCHED_SECOND = 100, 96
"""Two whole pictures, of which one may bear a sticker: this far in PDQ, when the second hashes agree so well."""
MIN_PDQ_QUALITY = 50
FAINT_QUALITY = 20
"""A picture from here on to MIN_PDQ_QUALITY never matches by hash. But darkened or with less contrast many a picture comes to lie
here: it is possibly another that lies above."""
UNEVEN_STARTS, UNEVEN_RADIUS, UNEVEN_SECOND = (88, 140), 40, 60
"""Of a crop between the stored windows (hashing/uneven_crops.py): two windows may differ by so many bits of both hashes to be
tried. In the end they must come so near, and within POSSIBLE_SHARE of the gradient changes. Of true crops nearly all come within
31 and 60."""
MOST_UNEVEN = 50
"""Pictures that are tried for one, the nearest first: each takes some 3 ms."""
LIST_WINDOW_RADIUS = 16
"""A list has no second hash to ask when only a part of a picture is like its own: then the first one must be twice as near,
and it stays a possible match."""
LIST_PLAIN_RADIUS, LIST_VARIETY = 15, 200
"""Further than this from a list's hash a picture whose second hash has less variety is a possible match: most strangers within
MATCH_RADIUS are such, and of photographs few."""
CROWD = 64
"""A picture that so many are like stands for all of them: from then on whoever is like it is tied to it alone."""
CROWD_TIES = 3
"""It may be like several that stand for crowds: to the nearest of them it is tied."""
HELD_FROM = 200
"""A hash that matches so many different files in as many reports is held for review. Of hundreds nobody looks at each, as
people do with fewer, so that somebody has to say once what the hash is: a picture that goes round, or one that says little."""
MOST_POSSIBLE = 20
"""Of more possible pairs a picture nobody would look at all: the nearest are kept."""
COMPARED_AT_ONCE = 6_000
"""New images for which an import reads the hashes of the store once: of each three windows are searched."""
INDEXED_AT_ONCE = 50_000
"""Images of the store that are in memory at once while others are compared thoroughly: 0.3 GB. To build all such indexes takes as
long as a single one; with more of them each image takes more look-ups."""
SEARCHED_IN_ONE_BLOCK, SEARCHED_IN_BLOCKS = 10, 500
"""Images that are compared thoroughly together, in a store of one such index, which is kept, and in a larger one."""
POSSIBLE_AT_ONCE = 250_000
"""With more media than this in a store, an import leaves the possible tier to the sweep: to look through the second hashes of
all whole pictures then takes over 50 ms a picture."""
FILM_SHARE = 60
"""Percent of a film's frames that must be found in another for it to be a part of the other; both ways for the same film. In a
true copy of a lively film up to a third fall between the other's frames; of strangers' frames none are found."""
FILM_DISTINCT, FILM_DISTINCT_IN_PART = 3, 6
"""Frames found that are not alike to one another: fewer prove no more than a like picture does; and as many as films need
that merely share something."""
FILM_COMMON = 20
"""A frame found in more films than this is a title or a logo: it counts only where two films are the same as a whole."""
FILM_TIES = 100
"""Stored of one film at most, the strongest."""

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
MAX_PACKAGE_REPORTS = 5_000  # a lead hands out some dozens at once
MAX_PACKAGE_MEMBERS = 100_000
MAX_PACKAGE_MANIFEST = 16 * MIB
MAX_PACKAGE_REPORT = 8 * MIB  # of the JSON about one report, without sources and media
MAX_PACKAGE_VERSIONS = 64  # of one report: each version is one round of its import
MAX_PACKAGE_ENTRIES = 10_000  # decisions, grades, corrections, or list matches of one report

# Import
IMPORT_MEMORY = 2_048 * MIB
"""An import may take so much more in its own process than there was at its start. What a hundred thousand reports need is a tenth
of it; more than that only something that was made to."""
BATCH_BYTES = 32 * MIB
BATCH_ITEMS = 200
BATCH_DOCUMENTS = 1_000

# Disk
MIN_FREE = 512 * MIB
"""With less than this free on the store's disk nothing more is taken in: batches, their log and the head need room to end."""
MAX_WORKBOOK = 32 * MIB  # a spreadsheet that a lead filled in; our largest that can be read back has some 4 MiB
MAX_WORKBOOK_PART = 64 * MIB  # one worksheet or the shared texts of it, unpacked
MAX_WORKBOOK_SHEETS = 64  # ours has one for each office
MAX_WORKBOOK_ENTRIES = 1_000  # files of its zip
MAX_WORKBOOK_ROWS = 50_000  # of one worksheet that are read
MAX_WORKBOOK_COLUMNS = 200  # of one worksheet that are read
