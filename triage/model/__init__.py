"""The data types that all packages share: frozen dataclasses and structs with no behaviour beyond their own shape.

moment      a point in time, with the zone and precision that the source stated
document    one source document, as an importer returns it
report      a report, merged from all its current documents
media       digests, perceptual hashes, metadata and previews of a media item
judgement   evidence of location, links, score card, deadlines
views       what people and other programs read: queue rows, `show`, results of use cases
users       users, roles and rights
progress    progress of a long job, and the token that cancels it
"""
