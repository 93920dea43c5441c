"""The vocabulary of the whole house: frozen dataclasses without behaviour beyond their own shape.

moment      a point in time, with what the source said of zone and precision
document    what one source document says (what an importer returns)
report      what all current documents of one report say together (what merge returns)
media       digests, perceptual hashes, metadata and previews of a medium
judgement   evidence of place, links, score card, clocks
views       what people and other programs read: queue rows, `show`, results of jobs
people      users, roles and rights
progress    progress of a long job, and the token that stops it
"""
