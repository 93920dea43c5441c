"""Normalised labels of a report PDF (lower-case letters and digits), and what their values are."""

from __future__ import annotations

import re

from triage.importers.pdf_items import normalise_label
from triage.model.document import Role

ROLES: dict[str, Role] = {
    "suspect": "suspect",
    "reportedperson": "suspect",
    "reporteduser": "suspect",
    "recipient": "recipient",
    "intendedrecipient": "recipient",
    "victim": "victim",
    "childvictim": "victim",
    "associatedaccount": "associated",
}
KINDS: dict[str, tuple[str, ...]] = {
    "email": (
        "emailaddress", "email", "homeemailaddress", "workemailaddress", "businessemailaddress", "recoveryemailaddress",
    ),
    "phone": (
        "phone", "phonenumber", "mobilephone", "mobilephonenumber", "homephone", "workphone", "businessphone", "recoveryphone",
        "cellphone", "fax",
    ),
    "username": ("screenusername", "screenname", "username", "screennameusername"),
    "display_name": ("displayname", "displaynames"),
    "user_id": ("espuserid", "userid", "espuseridentifier", "espidentifier"),
    "url": ("profileurl", "profileurls", "url", "urls", "locationoffile", "webpageurl"),
    "address": ("address", "homeaddress", "businessaddress", "billingaddress", "shippingaddress"),
    "group": ("groupidentifier", "groupname"),
    "cnic": ("cnic", "cnicnumber"),
    "name": ("name", "fullname"),
}  # fmt: skip
IDENTIFIERS = {label: kind for kind, labels in KINDS.items() for label in labels}
ONE_TOKEN = {"email", "url", "user_id", "username", "device"}
"""Kinds whose values hold no blanks: a wrapped one is joined without."""
TYPES = {start: start.capitalize() for start in ("mobile", "home", "work", "business", "recovery", "billing", "shipping", "fax")}
"""What a label says of the type of a phone, e-mail or house address."""
DEVICES = {
    "imei": "IMEI", "imsi": "IMSI", "iccid": "ICCID", "idfa": "IDFA", "gaid": "GAID", "advertisingid": "Advertising ID",
    "androidid": "Android ID", "macaddress": "MAC", "mac": "MAC", "deviceid": "", "serialnumber": "Serial number", "ssid": "SSID",
}  # fmt: skip
DEVICE_ID = re.compile(
    r"(?:device|android|apple|vendor|hardware|advertis|installation|instance|push).*(?:id|uuid|identifier|token|number)"
    r"|(?:hardware|device)?(?:uuid|serial|idfv|oaid)"
)
"""Other labels, bare, under which the id of a device stands."""
FACTS = {
    normalise_label(name): name
    for name in (
        "firstName", "middleName", "lastName", "preferredName", "gender", "dateOfBirth", "approximateAge", "age", "occupation",
        "physicalDescription", "vehicleDescription", "vehicleTagNumber", "espService", "relationshipToReporter",
        "relationshipToChildVictim", "accessToChildVictim", "accessToChildren", "accessToFirearms", "convictedSexOffender",
        "awareOfReport", "gangAffiliation", "languages", "races", "disabilities", "schoolName", "compromisedAccount",
        "estimatedLocation", "accountTemporarilyDisabled", "accountPermanentlyDisabled", "thirdPartyUserReported",
        "primaryIncidentType", "chatRoomName", "gameName", "console",
    )
}  # fmt: skip
"""Named as in the other formats, so that one rule finds them in all."""
FACTS |= {
    "chatserviceimclient": "chatImIncident.chatClient",
    "numberofuploadedfiles": "numberOfUploadedFiles",
    "submittalid": "submittalId",
    "ncmecidentifier": "submittalId",
    "fileid": "fileId",
}
INTEGERS = {"approximateAge", "age", "numberOfUploadedFiles"}
TEXTS = ("additionalinformation", "profilebio", "bio", "descriptionofincidenttime", "incidenttimedescription")
HASHES = ("md5", "sha1", "sha256", "sha512", "pdq", "photodna", "md5hash")
TAGS = ("ncmectags", "fileannotations", "tags", "annotations", "esptags")
CLASSES = ("imagecategorizationbyesp", "industryclassification")
UPLOADED = ("uploadedtoesp", "uploadtime")
ORIGINAL_NAMES = ("originalfilename", "originalfilenameassociatedwithfile")
VIEWED = ("fileviewedbyreportingesp", "fileviewedbyesp")
"""The question in the words of older reports."""
INCIDENT = ("incidenttype", "incidenttime", "incidentdatetime", "escalatetohighpriority")
TABLE_HEADS = ("typevalueeventdatetime", "typevalueevent", "datetime", "filenamemd")
KNOWN: frozenset[str] = frozenset(
    (
        *IDENTIFIERS, *DEVICES, *FACTS, *TEXTS, *HASHES, *TAGS, *CLASSES, *UPLOADED, *VIEWED, *INCIDENT, "submitter",
        "pointofcontactforlawenforcement", "relevanttermsofservice", "companyemail", *ORIGINAL_NAMES, "filename",
        "filerelevance", "ipaddress", "port", "priorctreports", "sourceinformation",
    )
)  # fmt: skip
