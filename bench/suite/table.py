"""The benchmarks: one row each."""

from __future__ import annotations

from bench.suite.model import Benchmark, Plant

BENCHMARKS = (
    Benchmark(
        "serving",
        "the queue, its counts, search, reports, clusters and statistics of a store, cold and warm",
        "bench.serving:measure_serving",
        "reports",
        sizes=(10_000, 100_000, 2_000_000),
        quick=(3_000,),
        plant=Plant("triage.jobs.reading.queue:select_reports", 120),
    ),
    Benchmark(
        "desktop",
        "start of the window, next report, scrolling, filters, theme and language, and the longest block of the event loop",
        "bench.ui:measure_desktop",
        "reports",
        sizes=(300, 100_000, 2_000_000),
        quick=(3_000,),
        plant=Plant("triage.ui.report.view:ReportView.show_page", 60),
        needs=("PySide6",),
    ),
    Benchmark(
        "gallery",
        "loading, filtering and scrolling the gallery of a whole store",
        "bench.gallery:measure_gallery",
        "files",
        sizes=(300, 10_000, 200_000),
        quick=(1_000,),
        plant=Plant("triage.ui.gallery.grid:GalleryGrid.paintEvent", 60),
        needs=("PySide6",),
    ),
    Benchmark(
        "importing",
        "reports without media into a new store, beside the bare parser",
        "bench.importing:measure_importing",
        "reports",
        sizes=(1_000, 5_000, 20_000),
        quick=(400,),
        plant=Plant("triage.jobs.intake.documents:_sort_out", 10),
    ),
    Benchmark(
        "urgent",
        "when the reports that can't wait stand in the queue while the rest still comes",
        "bench.importing:measure_urgent",
        "reports",
        sizes=(2_000, 20_000),
        quick=(200,),
        plant=Plant("triage.jobs.intake.import_bundles:assess", 70_000),
    ),
    Benchmark(
        "growing",
        "a nation's feed with media, slice by slice into one store: what a report costs while it grows",
        "bench.growing:measure_growing",
        "reports",
        sizes=(8_000, 80_000),
        quick=(320,),
        plant=Plant("triage.jobs.intake.media:_read_and_digest", 300),
    ),
    Benchmark(
        "elsewhere",
        "judging through an executor of Dask on this machine, beside our own workers",
        "bench.judging:measure_elsewhere",
        "reports",
        sizes=(3_000,),
        quick=(900,),
        plant=Plant("bench.judging:judge_by_dask", 300_000),
        needs=("distributed",),
    ),
    Benchmark(
        "judging",
        "links, location and score of all reports, by new rules, and of one with its neighbours",
        "bench.judging:measure_judging",
        "reports",
        sizes=(600, 3_000, 20_000),
        quick=(900,),
        plant=Plant("triage.jobs.judging.assess:_write_cards", 200),
    ),
    Benchmark(
        "pairs",
        "the work list of possible pairs: its first page, its count, and a report that changes its band",
        "bench.pairs:measure_pairs",
        "pairs",
        sizes=(100_000, 10_000_000),
        quick=(3_000,),
        plant=Plant("bench.pairs:list_possible_pairs", 120),
    ),
    Benchmark(
        "splitting",
        "headquarters splitting their reports among 15 offices, and merging what comes back",
        "bench.splitting:measure_splitting",
        "reports",
        sizes=(1_500, 15_000),
        quick=(120,),
        plant=Plant("triage.jobs.exchange.gather:Gatherer.gather_work", 60),
    ),
    Benchmark(
        "storing",
        "sealing into the vault beside plain appending, and the digest of the database's pages",
        "bench.storing:measure_storing",
        "bytes an item",
        sizes=(60_000, 200_000, 2_000_000, 20_000_000),
        quick=(200_000,),
        plant=Plant("triage.store.vault:VaultWriter.seal", 5),
    ),
    Benchmark(
        "hashing",
        "JPEG files to hashes and a whole import, beside decoding alone and beside other tools",
        "bench.hashing:measure_hashing",
        "files",
        sizes=(110, 1_100),
        quick=(44,),
        plant=Plant("triage.jobs.intake.media:_read_and_digest", 20),
    ),
    Benchmark(
        "index",
        "exact look-ups among hashes within the match radius, beside a scan",
        "bench.index:measure_index",
        "hashes",
        sizes=(100_000, 1_000_000, 10_000_000),
        quick=(100_000,),
        plant=Plant("triage.hashing.hamming_index:HammingIndex.query_many", 2_000),
    ),
    Benchmark(
        "lists",
        "a seized device's list and a plain hash list, from file to hits",
        "bench.lists:measure_lists",
        "media",
        sizes=(20_000, 200_000),
        quick=(5_000,),
        plant=Plant("bench.lists:add_list", 5_000),
    ),
    Benchmark(
        "long-lists",
        "long lists of plain digests, and stored digests compared with one",
        "bench.long_lists:measure_long_lists",
        "rows",
        sizes=(1_000_000, 10_000_000),
        quick=(100_000,),
        plant=Plant("triage.jobs.lists.long_list:sort_digests", 40),
    ),
    Benchmark(
        "crowds",
        "thousands of variants of one image, imported and swept",
        "bench.crowds:measure_crowds",
        "variants",
        sizes=(500, 5_000),
        quick=(250,),
        plant=Plant("bench.crowds:find_matches_of_new", 3_000),
    ),
    Benchmark(
        "videos",
        "hashing a video in the sandbox beside decoding alone, and a search among many",
        "bench.videos:measure_videos",
        "videos",
        sizes=(10_000, 100_000),
        quick=(2_000,),
        plant=Plant("bench.videos:find_videos", 400),
    ),
    Benchmark(
        "commands",
        "what commands cost before their real work, beside an empty Python program",
        "bench.commands:measure_commands",
        "runs",
        sizes=(3,),
        quick=(1,),
        plant=Plant("bench.commands:measure_command", 1_000),
    ),
)


def find_benchmarks(names: tuple[str, ...]) -> list[Benchmark]:
    """Returns the named benchmarks, or all of them.

    Raises:
        KeyError: No benchmark has this name.
    """
    by_name = {each.name: each for each in BENCHMARKS}
    return [by_name[name] for name in names] if names else list(BENCHMARKS)
