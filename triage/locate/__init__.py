"""Judges where a report points. It finds evidence of location, says of whom it is, and sums its points to verdicts.

The modules:

    rules      the points, from resources/rules/place.toml
    evidence   one item of evidence before repeats and caps are taken into account
    ip         addresses: range tables, operators, shared lines, days from the incident
    phone      numbers: issuing operator, area
    gps        coordinates of images: country, province, nearest place
    positions  coordinates that the report states
    written    profiles and texts: languages, names of places, .pk domains, identity card numbers
    language   the language of a text
    gazetteer  names of places in Pakistan and abroad
    names      names of places in a text
    postal     addresses as people write them
    stated     locations and postal addresses that the report states
    verdict    sums, thresholds, provinces
    offices    the reporting centre
    edition    what a verdict rests on besides the report
    judge      all of it for one report

Pure functions of the report and of the facts about its media: no store, no clock, no order of arrival.
"""
