"""The README.txt of a packet: how anyone verifies it with the programs of their system and OpenSSL."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.packet import Packet

_TEXT = """{title}

Made {made} by {by} with {tool} ({system}).
Times are UTC unless PKT (UTC+5) stands beside them. Clock: {clock}.
{removed}
HOW TO VERIFY

OpenSSL 3.0 or newer is needed (openssl version): older ones can't check Ed25519. Work in this folder. Windows may add files of
its own to a folder, such as Thumbs.db and desktop.ini. They are not part of the packet: delete them before you verify.

1. Check that no file was changed. On Linux:

       sha256sum -c tagmanifest-sha256.txt
       sha256sum -c manifest-sha256.txt

   Every line must end in OK. On a Mac use "shasum -a 256 -c" in place of "sha256sum -c". On Windows, in PowerShell:

       foreach ($list in "tagmanifest-sha256.txt", "manifest-sha256.txt") {{
           foreach ($line in Get-Content -Encoding UTF8 $list) {{
               $hash, $path = $line -split "  ", 2
               $now = (Get-FileHash -Algorithm SHA256 -LiteralPath $path).Hash
               if ($now -ne $hash) {{ "CHANGED OR MISSING: $path" }}
           }}
       }}

   It must print nothing. The folder may hold only the files that these two lists name, and tagmanifest-sha256.txt,
   tagmanifest-sha256.txt.sig and signing-key.pem.

2. Check the signature of the list. On all systems:

       openssl pkeyutl -verify -pubin -inkey signing-key.pem -rawin \\
           -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig

   It must say: Signature Verified Successfully. In PowerShell write it on one line, without the backslash.

3. Check that the key is the agency's. Compare its fingerprint with the one that the agency holds on paper. On Linux and a Mac:

       openssl pkey -pubin -in signing-key.pem -outform DER | sha256sum

   On Windows, in PowerShell:

       openssl pkey -pubin -in signing-key.pem -outform DER -out "$env:TEMP\\key.der"
       (Get-FileHash -Algorithm SHA256 "$env:TEMP\\key.der").Hash

   This packet names the key: {fingerprint}

WHAT LIES IN data/

   report.pdf          the reports in readable form: statements, findings with reasons, what was not done
   report.json         the same for programs, complete, with the source of every value
   case.jsonld         CASE/UCO graph: files, hashes, provenance, actions
   custody.jsonl       the chain of custody, one step per line, from the receipt of each bundle; "says" is the step in words
   record-proof.json   proves that these steps are in the workstation's audit log (see below)
   files.csv           every file with its hashes; "not stated" means that the source does not say. Text that a spreadsheet would
                       run has an apostrophe in front, and misleading characters are escaped; report.json has it as it was
   rules/              the rules that made the scores, so that they can be computed again
{more}
Derived values (hashes, locations, scores) never replace originals. A score sets the order of work; it is not a finding against a
person. An exhibit number is given at receipt and never changes: S is a source document, F a file.

THE SHA-256 OF A DELIVERED FOLDER

A folder has no bytes of its own. Its SHA-256 is that of a list: one line for each file below it, of the file's SHA-256, two
blanks and its path within the folder, sorted by the bytes of the path. In the delivered folder, on Linux:

       find . -type f -printf '%P\\n' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum

KEYED HASHES

Values such as "folder", "bytes", "sources", "media" and "text" in record-proof.json are keyed hashes (HMAC-SHA-256): only the
workstation can compute them. They bind the audit log to content and tell nobody else what it is.

HOW TO CHECK record-proof.json BY HAND

Each proof holds an entry of the audit log ("json"), its number ("n") and sibling hashes ("path"). As in RFC 6962, the leaf is
SHA-256 of the byte 00 and the entry, and a node is SHA-256 of the byte 01, the left and the right hash. The root of each proof
must be the head's. The head is signed: the message is the head without "signature" as JSON with sorted keys and without
blanks. This Python program needs nothing else, and writes message and signature for OpenSSL:

       import hashlib, json
       said = json.load(open("data/record-proof.json", encoding="utf-8"))
       for proof in said["proofs"]:
           node = hashlib.sha256(b"\\0" + proof["json"].encode()).digest()
           assert node.hex() == proof["leaf"]
           at, last = proof["n"], proof["count"] - 1
           for sibling in map(bytes.fromhex, proof["path"]):
               if at % 2 or at == last:
                   node = hashlib.sha256(b"\\1" + sibling + node).digest()
                   while at % 2 == 0 and at:
                       at, last = at // 2, last // 2
               else:
                   node = hashlib.sha256(b"\\1" + node + sibling).digest()
               at, last = at // 2, last // 2
           assert last == 0 and node.hex() == proof["root"] == said["head"]["root"]
       head = dict(said["head"])
       open("../head.sig", "wb").write(bytes.fromhex(head.pop("signature")))
       message = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
       open("../head.json", "wb").write(message.encode())

   Then:

       openssl pkeyutl -verify -pubin -inkey signing-key.pem -rawin -in ../head.json -sigfile ../head.sig
"""

_SOURCES = "   sources/            the source documents of all versions as received, byte for byte, by exhibit number\n"
_DESCRIPTIONS = "   descriptions.pdf    a sheet a file: what it is, in fixed neutral words, in English and Urdu; no picture\n"
_MEDIA = """   media.tar.age       the original media, encrypted with age for the named recipients; a tar when decrypted:
                       age -d -i KEY media.tar.age | tar -x
"""


def format_readme(packet: Packet) -> str:
    """Returns the text of README.txt."""
    about = packet.about
    more = (
        _SOURCES if packet.edition == "full" else "",
        _DESCRIPTIONS if packet.descriptions else "",
        _MEDIA if packet.with_media else "",
    )
    return _TEXT.format(
        title="\n\n".join(_list_titles(packet)),
        made=about.made,
        by=about.by,
        tool=about.tool,
        system=about.system,
        clock=about.clock,
        removed="".join(_list_removed(packet)),
        fingerprint=about.fingerprint,
        more="".join(more),
    )


def _list_titles(packet: Packet) -> Iterator[str]:
    """Yields what stands first: that somebody was cleared, and which edition it is."""
    if packet.cleared:
        yield packet.cleared.sentence
    yield "EVIDENCE PACKET, REDACTED EDITION" if packet.edition == "redacted" else "EVIDENCE PACKET"


def _list_removed(packet: Packet) -> Iterator[str]:
    """Yields the lines that say what was removed."""
    if packet.edition == "redacted":
        yield "\nWHAT WAS REMOVED, AND WHY\n\n"
        yield from (f"   * {each.what}. {each.why}\n" for each in packet.removed)
        if packet.texts_read_by:
            yield (
                "\nTexts were searched for the values that the sources name as a child's. What stands only in a text is not\n"
                f"known to Triage. {packet.texts_read_by} stated that they read the texts of this edition.\n"
            )
        else:
            yield "\nNo text of the sources is part of this edition: nobody stated that they read them.\n"
