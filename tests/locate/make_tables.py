"""Makes the tables of resources/geo from their sources. Run by hand when a source is renewed; not a test.

    python tests/locate/make_tables.py SOURCES COUNTRIES

SOURCES is a folder with the derived Pakistani tables, COUNTRIES one with `geo-whois-asn-country-ipv{4,6}-num.csv`.
What each source is, and under which licence, stands in resources/geo/README.md. Judgement that is ours (seats, districts of
towns, other spellings, words that mean something else) is read from resources/geo/judgement.toml, so that it can be reviewed.
"""

from __future__ import annotations

import csv
import json
import lzma
import math
import struct
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

GEO = Path(__file__).parents[2] / "resources" / "geo"
PROVINCE = {"02": "BA", "03": "KP", "04": "PB", "05": "SD", "06": "AJK", "07": "GB", "08": "ICT"}
NAMED = {
    "Balochistan": "BA", "Khyber Pakhtunkhwa": "KP", "Punjab": "PB", "Sindh": "SD", "Azad Jammu and Kashmir": "AJK",
    "Gilgit-Baltistan": "GB", "Islamabad Capital Territory": "ICT",
}  # fmt: skip
OUTLINES = {
    "PK-BA": "BA", "PK-IS": "ICT", "PK-JK": "AJK", "PK-NA": "GB", "PK-NW": "KP", "PK-TA": "KP", "PK-PB": "PB", "PK-SD": "SD",
}  # fmt: skip


def plain(name: str) -> str:
    """Latin without marks: GeoNames' "Muzaffarābād" is our "Muzaffarabad", its "Khairpur Mir’s" our "Khairpur Mirs"."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return folded.replace("’", "").strip()


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    middle = math.radians((a[0] + b[0]) / 2)
    return math.hypot((a[0] - b[0]) * 111.2, (a[1] - b[1]) * 111.2 * math.cos(middle))


def arabic_only(names: list[str]) -> list[str]:
    """Returns whole names. GeoNames' other names hold half-transliterated debris ("kwٹly") and qualifiers ("سکر، پاکستان"): whole ones are kept."""
    whole = (n.replace("\u200e", "").strip() for n in names if "،" not in n)
    return [n for n in whole if n and all("\u0600" <= c <= "\u06ff" or c in " \u200c" for c in n)]


def write(name: str, header: str, rows: list[list[str]]) -> None:
    lines = ["\t".join(row) for row in rows]
    (GEO / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def districts(sources: Path, judged: dict[str, object], places: list[dict[str, object]]) -> dict[str, tuple[str, float, float]]:
    seats: dict[str, object] = judged["seats"]  # type: ignore[assignment]
    known = {d["district"]: NAMED[d["province"]] for d in json.loads((sources / "districts.json").read_text())}
    known = {d: p for d, p in known.items() if d not in judged["without_seat"]} | judged["cities_of_several_districts"]  # type: ignore[operator]
    out = {}
    for district, province in sorted(known.items()):
        seat = seats.get(district, district)
        if isinstance(seat, str):
            found = [p for p in places if p["plain"] == seat and p["province"] == province]
            best = max(found, key=lambda p: p["population"])  # type: ignore[arg-type,return-value]
            seat = [best["latitude"], best["longitude"]]
        out[district] = (province, float(seat[0]), float(seat[1]))  # type: ignore[index]
    return out


def names_and_places(sources: Path) -> None:
    judged = tomllib.loads((GEO / "judgement.toml").read_text(encoding="utf-8"))
    places = json.loads((sources / "geonames_pk_cities500.json").read_text(encoding="utf-8"))
    places = [p for p in places if p["geonameid"] not in judged["dropped_geonames"]]
    for place in places:
        place["plain"], place["province"] = plain(place["name"]), PROVINCE[place["admin1code"]]
    seats = districts(sources, judged, places)
    aliases: dict[str, list[str]] = judged["aliases"]
    drop = set(judged["not_a_name"])
    owner = {spelling: name for name, spellings in aliases.items() for spelling in spellings}

    def spellings(name: str, more: list[str]) -> str:
        others = [spelling for spelling in arabic_only(more) if owner.get(spelling, name) == name]
        every = dict.fromkeys([name, *aliases.get(name, []), *others])
        return "|".join(n for n in every if n not in drop)

    rows = []
    for p in sorted(places, key=lambda p: p["geonameid"]):
        here = (p["latitude"], p["longitude"])
        near = min((kilometres(here, (la, lo)), d) for d, (pr, la, lo) in seats.items() if pr == p["province"])[1]
        district = judged["districts_of_towns"].get(p["plain"], near)
        written = "" if p["plain"].startswith("Chak ") else spellings(p["plain"], p["alt"])
        rows.append([p["plain"], f"{p['latitude']:.4f}", f"{p['longitude']:.4f}", p["province"], district, written])
    write("places.tsv", "name\tlatitude\tlongitude\tprovince\tdistrict\tspellings", rows)
    rows = [[d, f"{la:.4f}", f"{lo:.4f}", province, spellings(d, [])] for d, (province, la, lo) in seats.items()]
    for d in json.loads((sources / "districts.json").read_text()):
        if d["district"] in judged["without_seat"]:
            rows.append([d["district"], "", "", NAMED[d["province"]], spellings(d["district"], [])])
    write("districts.tsv", "district\tlatitude\tlongitude\tprovince\tspellings", rows)


def provinces(sources: Path) -> None:
    features = []
    for code, province in OUTLINES.items():
        shape = json.loads((sources / "province_poly" / f"{code}.json").read_text())["geometry"]
        features.append({"type": "Feature", "properties": {"province": province}, "geometry": shape})
    collection = {"type": "FeatureCollection", "features": features}
    (GEO / "provinces.geojson").write_text(json.dumps(collection, separators=(",", ":")) + "\n")


def ranges(sources: Path) -> None:
    for version in "46":
        for source, name in (("asn_segments", "announced"), ("tor_geoipdb", "ipfire")):
            text = (sources / f"pk_ipv{version}_{source}.csv").read_text()
            (GEO / f"pakistan_ipv{version}_{name}.csv").write_text(text)


def read_operators(sources: Path) -> None:
    judged = tomllib.loads((GEO / "judgement.toml").read_text(encoding="utf-8"))
    classed = {c["asn"]: c for c in json.loads((sources / "pk_asn_classes.json").read_text())}
    names: dict[int, str] = {}
    for version in "46":
        with (sources / f"pk_asn_ipv{version}.tsv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                names.setdefault(int(row["asn"]), row["name"].split(" - ")[-1].strip())
    rows = []
    for asn, name in sorted(names.items()):
        if asn == 0:
            continue
        known = classed.get(asn, {})
        kind, shared = known.get("class", "").split("/")[0], known.get("cgnat", "").split(" ")[0]
        for word in ("foreign", "hosting", "fixed", "mobile", "office"):
            if asn in judged["networks"][word]:
                kind = word
        rows.append([str(asn), judged["network_names"].get(str(asn), name), kind or "other", shared or "unknown"])
    write("operators.tsv", "asn\tname\tkind\tshared", rows)


def bounds(path: Path, shift: int) -> Iterator[tuple[int, str]]:
    """Where the country changes: (first address >> shift, code), "" where no country is known."""
    end, last = -1, ""
    for line in path.read_text().splitlines():
        first, final, code = line.split(",")
        start, stop = max(int(first) >> shift, end + 1), int(final) >> shift
        if start > stop:
            continue
        if start > end + 1 and last:
            last = ""
            yield end + 1, last
        if code != last:
            last = code
            yield start, code
        end = stop
    yield end + 1, ""


def countries(folder: Path) -> None:
    """countries_ipv{4,6}.xz: a line of codes, a line with the number of bounds, the bounds (big-endian), then a byte each."""
    for version, shift, width in (("4", 0, "I"), ("6", 64, "Q")):
        found = list(bounds(folder / f"geo-whois-asn-country-ipv{version}-num.csv", shift))
        codes = sorted({code for _, code in found})
        body = struct.pack(f">{len(found)}{width}", *(start for start, _ in found)) + bytes(codes.index(c) for _, c in found)
        head = ",".join(codes) + f"\n{len(found)}\n"
        (GEO / f"countries_ipv{version}.xz").write_bytes(lzma.compress(head.encode() + body, preset=9))


def zones() -> None:
    """IANA zone -> ISO country, from the tz database's zone.tab (public domain)."""
    rows = []
    for line in Path("/usr/share/zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            rows.append([zone, code])
    write("zones.tsv", "zone\tcountry", sorted(rows))


def country_names() -> None:
    """ISO code -> name, from the tz database's iso3166.tab (public domain)."""
    lines = Path("/usr/share/zoneinfo/iso3166.tab").read_text(encoding="utf-8").splitlines()
    write("countries.tsv", "code\tname", [line.split("\t") for line in lines if line and not line.startswith("#")])


def map_cities(sources: Path) -> None:
    """Writes the cities that the map of a report names. Which, their Urdu names and from which zoom on, is our judgement."""
    judged = tomllib.loads((GEO / "judgement.toml").read_text(encoding="utf-8"))
    places: dict[str, dict[str, object]] = {}
    for p in json.loads((sources / "geonames_pk_cities500.json").read_text(encoding="utf-8")):
        known = places.get(plain(p["name"]))
        if known is None or p["population"] > known["population"]:
            places[plain(p["name"])] = p
    rows = []
    for name, (urdu, rank) in judged["map_cities"].items():
        p = places[judged["map_city_names"].get(name, name)]
        rows.append((rank, [name, urdu, f"{p['latitude']:.4f}", f"{p['longitude']:.4f}", str(rank)]))
    write("map_cities.tsv", "name\turdu\tlatitude\tlongitude\trank", [row for _, row in sorted(rows)])


def main() -> None:
    sources, country_folder = Path(sys.argv[1]), Path(sys.argv[2])
    names_and_places(sources)
    map_cities(sources)
    provinces(sources)
    ranges(sources)
    read_operators(sources)
    countries(country_folder)
    zones()
    country_names()


if __name__ == "__main__":
    main()
