"""README.txt of a packet: how anyone verifies it with sha256sum and openssl alone."""

from __future__ import annotations

from triage.model.exports import About, Cleared

_TEXT = """EVIDENCE PACKET
{cleared}
Made {made} by {by} with {tool} ({system}).
Times are UTC unless PKT (UTC+5) stands beside them. Clock: {clock}.

How to verify, in this folder, with no other program than sha256sum and openssl:

1. Every file is as it was written:

       sha256sum -c tagmanifest-sha256.txt
       sha256sum -c manifest-sha256.txt

   Every line must end in OK. Nothing else may lie here than the files these two lists name, and
   tagmanifest-sha256.txt, tagmanifest-sha256.txt.sig and signing-key.pem.

2. The list itself was signed:

       openssl pkeyutl -verify -pubin -inkey signing-key.pem -rawin \\
           -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig

   It must say: Signature Verified Successfully

3. The key is the agency's and not a stranger's. Compare with the fingerprint that the agency holds on paper:

       openssl pkey -pubin -in signing-key.pem -outform DER | sha256sum

   Of this packet: {fingerprint}

What lies in data/:

   report.pdf          the reports in readable form: what was said, what was found and why, what was not done
   report.json         the same for programs, whole, with the source of every value
   case.jsonld         CASE/UCO graph: files, hashes, provenance, actions
   custody.jsonl       the custody record, one step a line, beginning with how each bundle was received
   record-proof.json   shows that those steps stand in the workstation's record (RFC 6962 inclusion proofs)
   files.csv           every file spoken of, with hashes; "not said" is neither yes nor no
   sources/            the source documents as received, byte for byte
{media}
Derived values (hashes, places, scores) never replace originals. A score ranks work; it is no finding against a person.
"""

_MEDIA = """   media.tar.age       the original media, encrypted with age for the named recipients; a tar when decrypted:
                       age -d -i KEY media.tar.age | tar -x
"""


def readme(about: About, *, with_media: bool, cleared: Cleared | None) -> str:
    return _TEXT.format(
        made=about.made,
        by=about.by,
        tool=about.tool,
        system=about.system,
        clock=about.clock,
        fingerprint=about.fingerprint,
        cleared=f"\n{cleared.sentence}\n" if cleared else "",
        media=_MEDIA if with_media else "",
    )
