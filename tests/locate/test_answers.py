"""Known answers, written down from the sources before the rules were read: borders on both sides, and a desk for every centre.

Points are those of the towns and crossings as maps give them; districts and centres those of the notification of 2018 and the press.
"""

from __future__ import annotations

import pytest

from tests.locate.reports import fact, identifier, of, person, picture, report
from triage.locate.judge import locate
from triage.model.judgement import Location
from triage.model.media import Exif

HERE = {
    "Wagah": (31.6045, 74.5650, "PB", "LHR"), "Ganda Singh Wala": (31.0380, 74.5230, "PB", "LHR"),
    "Shakargarh": (32.2640, 75.1580, "PB", "GRW"), "Kartarpur": (32.0870, 75.0170, "PB", "GRW"),
    "Torkham": (34.0990, 71.1100, "KP", "PEW"), "Landi Kotal": (34.1000, 71.1420, "KP", "PEW"),
    "Chaman": (30.9210, 66.4500, "BA", "UET"), "Taftan": (28.9680, 61.5640, "BA", "UET"),
    "Gwadar": (25.1264, 62.3225, "BA", "GWD"), "Jiwani": (25.0480, 61.7450, "BA", "GWD"), "Turbat": (26.0080, 63.0380, "BA", "GWD"),
    "Saddar": (24.8600, 67.0100, "SD", "KHI"), "Manora": (24.7960, 66.9760, "SD", "KHI"), "Defence": (24.7750, 67.0540, "SD", "KHI"),
    "Nagarparkar": (24.3550, 70.7540, "SD", "HYD"), "Khokhrapar": (25.7000, 70.2080, "SD", "HYD"),
    "Muzaffarabad": (34.3700, 73.4711, "AJK", "HQ"), "Mirpur": (33.1478, 73.7517, "AJK", "HQ"), "Kotli": (33.5180, 73.9020, "AJK", "HQ"),
    "Bhimber": (32.9740, 74.0790, "AJK", "HQ"), "Rawalakot": (33.8580, 73.7600, "AJK", "HQ"), "Athmuqam": (34.5710, 73.8970, "AJK", "HQ"),
    "Kel": (34.8270, 74.3540, "AJK", "HQ"), "Chakothi": (34.1170, 73.8830, "AJK", "HQ"),
    "Gilgit": (35.9208, 74.3144, "GB", "GLT"), "Skardu": (35.2971, 75.6333, "GB", "GLT"), "Karimabad": (36.3167, 74.6500, "GB", "GLT"),
    "Sost": (36.6900, 74.8200, "GB", "GLT"), "Khaplu": (35.1610, 76.3360, "GB", "GLT"), "Chilas": (35.4130, 74.0960, "GB", "GLT"),
    "Chitral": (35.8510, 71.7860, "KP", "PEW"), "Dir": (35.2060, 71.8750, "KP", "PEW"), "Parachinar": (33.9000, 70.1000, "KP", "DIK"),
    "Miranshah": (33.0070, 70.0700, "KP", "DIK"), "Wana": (32.3000, 69.5700, "KP", "DIK"), "Kohat": (33.5820, 71.4490, "KP", "DIK"),
    "Islamabad": (33.7294, 73.0931, "ICT", "ISB"), "Rawalpindi": (33.5973, 73.0479, "PB", "RWP"), "Murree": (33.9070, 73.3940, "PB", "RWP"),
    "Abbottabad": (34.1463, 73.2117, "KP", "ATD"), "Peshawar": (34.0080, 71.5785, "KP", "PEW"), "Lahore": (31.5497, 74.3436, "PB", "LHR"),
    "Faisalabad": (31.4180, 73.0790, "PB", "FSD"), "Multan": (30.1968, 71.4782, "PB", "MUX"), "Muzaffargarh": (30.0700, 71.1930, "PB", "MUX"),
    "Gujranwala": (32.1617, 74.1883, "PB", "GRW"), "Hyderabad": (25.3924, 68.3737, "SD", "HYD"), "Sukkur": (27.7052, 68.8574, "SD", "SKR"),
    "Larkana": (27.5600, 68.2260, "SD", "SKR"), "Jacobabad": (28.2810, 68.4380, "SD", "SKR"), "Dera Allahyar": (28.3730, 68.3500, "BA", "UET"),
    "Quetta": (30.1798, 66.9750, "BA", "UET"),
}  # fmt: skip
ACROSS = {
    "Attari": (31.6050, 74.6080, "IN"), "Amritsar": (31.6340, 74.8723, "IN"), "Firozpur": (30.9330, 74.6130, "IN"),
    "Hyderabad, India": (17.3850, 78.4867, "IN"), "Uri": (34.0860, 74.0360, "IN"), "Poonch, India": (33.7700, 74.0920, "IN"),
    "Srinagar": (34.0837, 74.7973, "IN"), "Jammu": (32.7266, 74.8570, "IN"), "Leh": (34.1526, 77.5771, "IN"),
    "Kargil": (34.5539, 76.1349, "IN"), "Jalalabad": (34.4260, 70.4500, "AF"), "Spin Boldak": (31.0050, 66.4000, "AF"),
    "Khost": (33.3390, 69.9200, "AF"), "Wakhan": (36.9000, 73.0000, "AF"), "Mirjaveh": (29.0160, 61.4570, "IR"),
    "Zahedan": (29.4960, 60.8620, "IR"), "Chabahar": (25.2920, 60.6430, "IR"), "Tashkurgan": (37.7750, 75.2280, "CN"),
    "Dubai": (25.2000, 55.2700, "AE"), "London": (51.5000, -0.1200, "GB"),
}  # fmt: skip
NOWHERE = {
    "0, 0": (0.0, 0.0),
    "the sea off Karachi": (24.2, 66.3),
    "out of range": (131.5, 74.3),
    "no number": (float("nan"), 74.0),
}


def seen(latitude: float, longitude: float) -> Location:
    file, media = picture(1, Exif(make="Kite", model="K1", taken="2026:01:04 18:00:00", gps=(latitude, longitude)))
    return locate(report(files=(file,)), media)


@pytest.mark.parametrize("name", HERE)
def test_a_picture_made_here(name: str) -> None:
    latitude, longitude, province, office = HERE[name]
    found = seen(latitude, longitude)
    assert (found.verdict, found.province, found.office, found.foreign) == ("yes", province, office, ())
    if province in ("AJK", "GB"):
        assert "administered by Pakistan" in str(found.evidence[0].says)


@pytest.mark.parametrize("name", ACROSS)
def test_a_picture_made_across_the_line(name: str) -> None:
    latitude, longitude, country = ACROSS[name]
    found = seen(latitude, longitude)
    assert (found.verdict, found.province, found.office, found.foreign) == ("no", None, "HQ", (country,))


@pytest.mark.parametrize("name", NOWHERE)
def test_a_picture_made_nowhere(name: str) -> None:
    found = seen(*NOWHERE[name])
    assert (found.verdict, found.total, found.office, found.foreign) == ("unclear", 0, "HQ", ())


STATED = {
    "ISB": ["Islamabad/Islamabad"],
    "RWP": ["Rawalpindi/Punjab", "Pindi/Punjab", "Wah Cantt/Punjab", "Attock/Punjab", "Jhelum/Punjab", "Chakwal/Punjab"],
    "GRW": ["Gujranwala/Punjab", "Sialkot/Punjab", "Gujrat/Punjab", "Mandi Bahauddin/Punjab", "Hafizabad/Punjab", "Narowal/Punjab"],
    "LHR": ["Lahore/Punjab", "لاہور/پنجاب", "Kasur/Punjab", "Okara/Punjab", "Sahiwal/Punjab", "Nankana Sahib/Punjab", "Sheikhupura/Punjab", "/Punjab"],
    "FSD": ["Faisalabad/Punjab", "Mianwali/Punjab", "Toba Tek Singh/Punjab", "Jhang/Punjab", "Sargodha/Punjab", "Bhakkar/Punjab"],
    "MUX": ["Multan/Punjab", "Muzaffargarh/Punjab", "Dera Ghazi Khan/Punjab", "D.G. Khan/Punjab", "Rahim Yar Khan/Punjab", "Layyah/Punjab"],
    "PEW": ["Peshawar/KP", "Mingora/KPK", "Landi Kotal/Khyber Pakhtunkhwa", "Mardan/KP", "Swabi/KP", "Chitral/KP", "Swat/KP"],
    "ATD": ["Abbottabad/KP", "Mansehra/KP", "Haripur/KP"],
    "DIK": ["Dera Ismail Khan/KP", "Bannu/KP", "Tank/KP", "Kohat/KP", "Hangu/KP", "Karak/KP", "Parachinar/KP"],
    "KHI": ["Karachi/Sindh", "Karachi City/Sindh", "/Sindh"],
    "HYD": ["Hyderabad/Sindh", "Nawabshah/Sindh", "Mirpur Khas/Sindh", "Thatta/Sindh", "Badin/Sindh"],
    "SKR": ["Sukkur/Sindh", "Larkana/Sindh", "Jacobabad/Sindh", "Khairpur/Sindh"],
    "UET": ["Quetta/Balochistan", "Khuzdar/Balochistan", "Chaman/Balochistan", "Zhob/Balochistan"],
    "GWD": ["Gwadar/Balochistan", "Turbat/Balochistan"],
    "GLT": ["Gilgit/Gilgit-Baltistan", "Skardu/GB", "Hunza/Gilgit-Baltistan"],
    "HQ": ["Muzaffarabad/Azad Kashmir", "Mirpur/AJK", "Mirpur/", "Bagh/Azad Kashmir", "Kotli/Azad Kashmir", "Lahore/Sindh", "Muzaffarabad/Punjab"],
}  # fmt: skip


@pytest.mark.parametrize(("office", "place"), [(office, place) for office, places in STATED.items() for place in places])
def test_the_desk_of_a_stated_place(office: str, place: str) -> None:
    city, region = place.split("/")
    facts = [fact("estimatedLocation.countryCode", "PK")]
    facts += [fact(f"estimatedLocation.{name}", value) for name, value in (("city", city), ("region", region)) if value]
    found = locate(report(people=(person("suspect", *facts),)), {})
    assert (found.verdict, found.office) == ("likely", office)
    assert sum(piece.weight for piece in found.evidence) == found.total == of(found, "suspect").total


def test_the_whole_is_the_sum_of_what_is_printed() -> None:
    found = locate(
        report(
            identifier("ip", "39.32.0.0"),
            identifier("ip", "8.8.8.8", "victim"),
            identifier("phone", "+923000000000", "recipient"),
        ),
        {},
    )
    assert sum(piece.weight for piece in found.evidence) == found.total
    assert of(found, "suspect").total == 40 and of(found, "victim").verdict == "no"
    assert found.verdict == "likely" and found.foreign == ("US",)
