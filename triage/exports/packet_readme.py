"""The README.txt of a packet: how anyone verifies it with sha256sum and openssl alone."""

from __future__ import annotations

from triage.model.packet import Packet

_TEXT = """EVIDENCE PACKET
{cleared}
Made {made} by {by} with {tool} ({system}).
Times are UTC unless PKT (UTC+5) stands beside them. Clock: {clock}.

How to verify, in this folder, with no other program than sha256sum and openssl:

1. Check that no file was changed:

       sha256sum -c tagmanifest-sha256.txt
       sha256sum -c manifest-sha256.txt

   Every line must end in OK. The folder may hold only the files that these two lists name, and
   tagmanifest-sha256.txt, tagmanifest-sha256.txt.sig and signing-key.pem.

2. Check the signature of the list:

       openssl pkeyutl -verify -pubin -inkey signing-key.pem -rawin \\
           -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig

   It must say: Signature Verified Successfully

3. Check that the key is the agency's. Compare its fingerprint with the one that the agency holds on paper:

       openssl pkey -pubin -in signing-key.pem -outform DER | sha256sum

   This packet names the key: {fingerprint}

What lies in data/:

   report.pdf          the reports in readable form: statements, findings with reasons, what was not done
   report.json         the same for programs, complete, with the source of every value
   case.jsonld         CASE/UCO graph: files, hashes, provenance, actions
   custody.jsonl       the chain of custody, one step per line, from the receipt of each bundle
   record-proof.json   proves that these steps are in the workstation's audit log (RFC 6962 inclusion proofs)
   files.csv           every file with its hashes; "not stated" means that the source does not say
   sources/            the source documents of all versions as received, byte for byte, by exhibit number
   rules/              the rules that made the scores, so that they can be computed again
{media}
Derived values (hashes, locations, scores) never replace originals. A score sets the order of work; it is not a finding
against a person.
"""

_MEDIA = """   media.tar.age       the original media, encrypted with age for the named recipients; a tar when decrypted:
                       age -d -i KEY media.tar.age | tar -x
"""


def format_readme(packet: Packet) -> str:
    """Returns the text of README.txt."""
    about, cleared = packet.about, packet.cleared
    return _TEXT.format(
        made=about.made,
        by=about.by,
        tool=about.tool,
        system=about.system,
        clock=about.clock,
        fingerprint=about.fingerprint,
        cleared=f"\n{cleared.sentence}\n" if cleared else "",
        media=_MEDIA if packet.with_media else "",
    )
