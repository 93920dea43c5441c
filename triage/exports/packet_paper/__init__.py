"""The paper of a packet, report.pdf, which a court reads: twelve parts and two annexes, with numbered paragraphs and tables.

People come first, among them the child, and words before scores.
"""

from triage.exports.packet_paper.paper import make_blocks

__all__ = ["make_blocks"]
