"""The use cases that the desktop calls: one class, one line a call.

A new action of the desktop is one line in `Api`. Pages, mypy and editors know its signature from the use case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from triage.decode.client import MediaPool
from triage.errors import WorldError
from triage.jobs import officer as officer_job
from triage.jobs import policy as policy_job
from triage.jobs import status as status_job
from triage.jobs import users as users_job
from triage.jobs.case_page import overview as case_page_job
from triage.jobs.casework import appeals as appeals_job
from triage.jobs.casework import bulk as bulk_job
from triage.jobs.casework import case_list as case_list_job
from triage.jobs.casework import case_undo as case_undo_job
from triage.jobs.casework import cases as cases_job
from triage.jobs.casework import child_lane as child_lane_job
from triage.jobs.casework import corrections as corrections_job
from triage.jobs.casework import decisions as decisions_job
from triage.jobs.casework import diary as diary_job
from triage.jobs.casework import funnel as funnel_job
from triage.jobs.casework import notes as notes_job
from triage.jobs.casework import referral as referral_job
from triage.jobs.casework import shift as shift_job
from triage.jobs.casework import source_report as source_report_job
from triage.jobs.casework import version_choices as versions_job
from triage.jobs.exchange import deconflict as deconflict_job
from triage.jobs.exchange import deconflict_list as deconflict_list_job
from triage.jobs.exchange import deconflict_preview as deconflict_preview_job
from triage.jobs.exchange import import_queue as import_queue_job
from triage.jobs.exchange import resolving as resolving_job
from triage.jobs.exchange import send as send_job
from triage.jobs.exchange import send_results as send_results_job
from triage.jobs.exchange import work_list as work_list_job
from triage.jobs.intake import retry as retry_job
from triage.jobs.judging import rule_book as rule_book_job
from triage.jobs.judging import rules as rules_job
from triage.jobs.judging import sampling as sampling_job
from triage.jobs.leaving import export_chart as export_chart_job
from triage.jobs.leaving import export_graded as export_graded_job
from triage.jobs.leaving import export_queue as export_queue_job
from triage.jobs.leaving import export_report as export_report_job
from triage.jobs.leaving import export_series as series_sheet_job
from triage.jobs.leaving import export_statistics as export_statistics_job
from triage.jobs.leaving import export_timeline as export_timeline_job
from triage.jobs.leaving import packet as packet_job
from triage.jobs.leaving import verify as verify_job
from triage.jobs.leaving import viewing_log as viewing_log_job
from triage.jobs.matching import sweep_state as sweep_state_job
from triage.jobs.reading import behind as behind_job
from triage.jobs.reading import copying as copying_job
from triage.jobs.reading import gallery as gallery_job
from triage.jobs.reading import lead_figures as lead_figures_job
from triage.jobs.reading import media as media_job
from triage.jobs.reading import neighbourhood as neighbourhood_job
from triage.jobs.reading import order as order_job
from triage.jobs.reading import provider_profiles as provider_profiles_job
from triage.jobs.reading import queue as queue_job
from triage.jobs.reading import queue_picks as queue_picks_job
from triage.jobs.reading import queue_rows as queue_rows_job
from triage.jobs.reading import queue_views as queue_views_job
from triage.jobs.reading import report_page as report_page_job
from triage.jobs.reading import show as show_job
from triage.jobs.requests import life as life_job
from triage.jobs.requests import making as making_job
from triage.jobs.requests import preview as preview_job
from triage.jobs.requests import replies as replies_job
from triage.jobs.review import grade_many as grade_many_job
from triage.jobs.review import grade_work as grade_work_job
from triage.jobs.review import grading as grading_job
from triage.jobs.review import held_hashes as held_hashes_job
from triage.jobs.review import pairs as pairs_job
from triage.jobs.session import Session
from triage.jobs.state import account as account_job
from triage.jobs.state import open_reports as open_reports_job
from triage.jobs.state.training_mark import is_training_store
from triage.jobs.status import MachineStatus
from triage.jobs.sweeping import sweep as sweep_job
from triage.jobs.training import trainee as training_job
from triage.jobs.victim_id import clues as clues_job
from triage.jobs.victim_id import identification as identification_job
from triage.jobs.victim_id import series as series_job
from triage.jobs.wellbeing import exposure as exposure_job
from triage.jobs.wellbeing import own_work as own_work_job
from triage.message import Message
from triage.model.media import ImageCrop, RevealStep
from triage.model.users import Right, User
from triage.ui.core.admin_calls import AdminCalls
from triage.ui.core.session_calls import with_session

REVEAL_WORKERS = 1  # one person views one image at a time


class Api(AdminCalls):
    """Calls use cases with the session of the user, and owns the sandboxed workers that show media.

    Each call may block, so pages make it through `runner.Runner`. Each may raise `triage.errors.WorldError`. `tests/ui/fakes.py`
    stands in for it in tests of pages, and `tests/ui/core/test_api.py` compares the signatures.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pool = MediaPool(REVEAL_WORKERS)
        self._closed = False
        self.training = is_training_store(session)
        """Whether the store was made for training, with invented data only."""

    @property
    def user(self) -> User:
        """Returns the user who works in this session."""
        return self._session.user

    @property
    def store_name(self) -> str:
        """Returns the name of the store's folder, which a passphrase must not lean on."""
        return self._session.store.directory.name

    def hear_waits(self, hear: Callable[[Message | None], None]) -> None:
        """Has `hear` called in a thread that has waited for a second to write: with what for, and with None at the end."""
        self._session.hear_waits(hear)

    def may(self, right: Right) -> bool:
        """Returns whether a role of the user gives this right."""
        return self._session.user.may(right)

    def close(self) -> None:
        """Ends the workers and the session; later calls raise."""
        if self._closed:
            return
        self._closed = True
        self._pool.close()
        with suppress(WorldError):  # a store that can't be written keeps no mark either
            open_reports_job.mark_closed(self._session)
        self._session.close()

    # Queue and reports
    queue_window = with_session(queue_job.load_window)
    count_queue = with_session(queue_job.count_queue)
    find_place = with_session(queue_job.find_place)
    facet_values = with_session(queue_job.list_facet_values)
    window_ids = with_session(queue_picks_job.list_window_ids)
    list_copies = with_session(queue_picks_job.list_copies)
    own_work = with_session(queue_picks_job.count_own_work)
    rows = with_session(queue_rows_job.load_rows)
    lanes = with_session(queue_job.count_lanes)
    show = with_session(show_job.load_report_view)
    report_page = with_session(report_page_job.load_report_page)
    record_copy = with_session(copying_job.record_copy)
    accept_version = with_session(versions_job.accept_version)
    refuse_version = with_session(versions_job.refuse_version)
    ask_about_version = with_session(versions_job.ask_about_version)
    add_note = with_session(notes_job.add_note)
    decide = with_session(decisions_job.decide)
    undo = with_session(decisions_job.undo_decision)
    bulk_scope = with_session(bulk_job.find_bulk_scope)
    count_urgent = with_session(bulk_job.count_urgent)
    decide_in_bulk = with_session(bulk_job.decide_in_bulk)
    last_act = with_session(bulk_job.find_last_act)
    undo_last_act = with_session(bulk_job.undo_last_act)
    queue_views = with_session(queue_views_job.list_views)
    save_queue_view = with_session(queue_views_job.save_view)
    delete_queue_view = with_session(queue_views_job.delete_view)
    queue_place = with_session(queue_views_job.load_place)
    save_queue_place = with_session(queue_views_job.save_place)
    mark_open = with_session(open_reports_job.mark_open)
    renew_open = with_session(open_reports_job.renew_open)
    mark_closed = with_session(open_reports_job.mark_closed)
    open_marks = with_session(open_reports_job.list_open_reports)
    explain_order = with_session(order_job.explain_queue_order)
    confirm_child_lane = with_session(child_lane_job.confirm_child_lane)
    correct_factor = with_session(corrections_job.correct_factor)
    correct_band = with_session(corrections_job.correct_band)
    confirm_correction = with_session(corrections_job.confirm_correction)
    undo_correction = with_session(corrections_job.undo_correction)
    preview = with_session(media_job.load_preview)
    film_times = with_session(media_job.list_frame_times)
    exposures = with_session(account_job.list_own_views)
    gallery = with_session(gallery_job.load_gallery)
    arrange_gallery = with_session(gallery_job.arrange_gallery)
    gallery_states = with_session(gallery_job.read_states)
    gallery_cells = with_session(gallery_job.load_cells)
    gallery_files = with_session(gallery_job.name_files)
    gallery_headings = with_session(gallery_job.load_headings)

    @contextmanager
    def reveal(
        self, report_id: str, sha256: str, step: RevealStep, at_ms: int | None = None, window: ImageCrop | None = None
    ) -> Iterator[media_job.OpenView]:
        """Shows a media item in the sandbox, see `triage.jobs.reading.media.reveal`."""
        with media_job.reveal(self._session, report_id, sha256, step, self._pool, at_ms=at_ms, window=window) as view:
            yield view

    def machine(self) -> MachineStatus:
        """Returns the state of the store and of the sandbox, see `triage.jobs.status.machine`."""
        return status_job.check_machine(self._session, self._pool)

    # Import, and what leaves
    queue_import = with_session(import_queue_job.queue_import)
    import_queue = with_session(import_queue_job.list_import_queue)
    run_import = with_session(import_queue_job.run_queued_import)
    mark_import_paused = with_session(import_queue_job.mark_import_paused)
    move_import = with_session(import_queue_job.move_queued_import)
    remove_import = with_session(import_queue_job.remove_queued_import)
    retry_set_aside = with_session(retry_job.retry_quarantined)
    find_work = with_session(work_list_job.find_work)
    load_work = with_session(work_list_job.load_work)
    list_work_reports = with_session(work_list_job.list_work_reports)
    list_workstations = with_session(work_list_job.list_workstations)
    preview_work = with_session(send_job.preview_work)
    export_work = with_session(send_job.export_work)
    export_results = with_session(send_results_job.export_results)
    preview_results = with_session(send_results_job.preview_results)
    list_work_conflicts = with_session(resolving_job.list_conflicts)
    resolve_work_conflict = with_session(resolving_job.resolve_conflict)
    find_deconflictions = with_session(deconflict_list_job.find_deconflictions)
    load_deconflictions = with_session(deconflict_list_job.load_deconflictions)
    show_deconfliction = with_session(deconflict_job.show_deconfliction)
    plan_deconfliction = with_session(deconflict_preview_job.plan_deconfliction)
    inspect_deconfliction_file = with_session(deconflict_preview_job.inspect_deconfliction_file)
    withdraw_deconfliction = with_session(deconflict_job.withdraw_deconfliction)
    start_deconfliction = with_session(deconflict_job.start_deconfliction)
    answer_deconfliction = with_session(deconflict_job.answer_deconfliction)
    finish_deconfliction = with_session(deconflict_job.finish_deconfliction)
    list_bodies = staticmethod(referral_job.list_bodies)
    preview_referral = with_session(referral_job.preview_referral)
    create_referral = with_session(referral_job.create_referral)
    list_set_aside_ids = with_session(status_job.list_quarantined_ids)
    load_set_aside = with_session(status_job.load_quarantined)
    export_queue = with_session(export_queue_job.export_queue)
    preview_queue = with_session(export_queue_job.preview_queue)
    export_vics = with_session(export_graded_job.export_vics)
    preview_vics = with_session(export_graded_job.preview_vics)
    export_icse = with_session(export_graded_job.export_icse)
    preview_icse = with_session(export_graded_job.preview_icse)
    export_hashes = with_session(export_graded_job.export_hashes)
    preview_hashes = with_session(export_graded_job.preview_hashes)
    export_timeline = with_session(export_timeline_job.export_timeline)
    preview_timeline = with_session(export_timeline_job.preview_timeline)
    export_statistics = with_session(export_statistics_job.export_statistics)
    preview_statistics = with_session(export_statistics_job.preview_statistics)
    preserve_expiring = with_session(making_job.preserve_expiring)
    export_report = with_session(export_report_job.export_report)
    preview_report = with_session(export_report_job.preview_report)
    create_packet = with_session(packet_job.create_packet)
    preview_packet = with_session(packet_job.preview_packet)
    write_viewing_log = with_session(viewing_log_job.write_viewing_log)
    verify = staticmethod(verify_job.verify)

    # Papers of cases
    preview_source_report = with_session(source_report_job.preview_source_report)
    export_source_report = with_session(source_report_job.export_source_report)
    load_diary = with_session(diary_job.load_diary)
    export_diary = with_session(diary_job.export_diary)

    # Requests to operators and providers
    find_requests = with_session(life_job.find_requests)
    load_requests = with_session(life_job.load_requests)
    list_unanswered = with_session(life_job.list_unanswered)
    send_request = with_session(life_job.send_request)
    record_court_told = with_session(life_job.record_court_told)
    close_request = with_session(life_job.close_request)
    remind = with_session(life_job.remind)
    take_reply = with_session(replies_job.take_reply)
    preview_requests = with_session(preview_job.preview_requests)
    create_requests = with_session(making_job.create_requests)
    preview_expiring = with_session(preview_job.preview_expiring)

    # Shifts
    list_shifts = with_session(shift_job.list_shifts)
    show_shift = with_session(shift_job.show_shift)
    close_shift = with_session(shift_job.close_shift)
    acknowledge_shift = with_session(shift_job.acknowledge_shift)
    print_shift = with_session(shift_job.print_shift)

    # People and settings
    office_policy = with_session(policy_job.read_policy)
    set_policy = with_session(policy_job.set_policy)
    officer = with_session(officer_job.describe_officer)
    set_profile = with_session(officer_job.set_profile)
    change_passphrase = with_session(users_job.change_passphrase)
    user_names = with_session(users_job.list_active_names)
    has_one_user = with_session(users_job.has_one_user)

    # Matches and grades
    possible_pairs = with_session(pairs_job.list_possible_pairs)
    held = with_session(held_hashes_job.list_held)

    def decide_pair(self, sha256: str, other: str, same: bool | None) -> None:
        """Records whether two images are the same. None takes the decision back. `other` is a SHA-256 or a list's PDQ hash."""
        decide = {None: pairs_job.take_back_decision, True: pairs_job.confirm_same, False: pairs_job.reject_same}[same]
        decide(self._session, sha256, other)

    def decide_held(self, held_id: int, confirm: bool | None) -> None:
        """Confirms or rejects a held hash. None takes the decision back."""
        if confirm is None:
            held_hashes_job.take_back_held(self._session, held_id)
        else:
            held_hashes_job.decide_held(self._session, held_id, confirm=confirm)

    sweep_state = with_session(sweep_state_job.load_sweep_state)
    sweep = with_session(sweep_job.run_sweep)
    grade = with_session(grading_job.grade_file)
    inherit_grade = with_session(grading_job.inherit_grade)
    take_back_grade = with_session(grading_job.take_back_grade)
    grade_files = with_session(grade_many_job.grade_files)
    take_back_grades = with_session(grade_many_job.take_back_grades)
    own_grade_acts = with_session(grade_many_job.list_own_grade_acts)
    find_grade_work = with_session(grade_work_job.find_grade_work)
    load_grade_work = with_session(grade_work_job.load_grade_work)
    agreement = with_session(grading_job.measure_agreement)

    # Cases
    find_cases = with_session(case_list_job.find_cases)
    load_cases = with_session(case_list_job.load_cases)
    case = with_session(cases_job.show_case)
    open_case = with_session(cases_job.open_case)
    add_to_case = with_session(cases_job.add_reports)
    set_case_number = with_session(cases_job.set_number)
    set_case_stage = with_session(cases_job.set_stage)
    set_case_officer = with_session(cases_job.set_officer)
    cases_of_reports = with_session(case_list_job.find_cases_of_reports)
    case_page = with_session(case_page_job.load_case_page)
    record_appeal = with_session(appeals_job.record_appeal)
    answer_appeal = with_session(appeals_job.answer_appeal)
    undo_joining = with_session(case_undo_job.undo_joining)
    neighbourhood = with_session(neighbourhood_job.show_neighbourhood)

    # Victim identification
    victim_series = with_session(series_job.list_series)
    victim_view = with_session(series_job.show_series)
    open_series = with_session(series_job.open_series)
    add_to_series = with_session(series_job.add_to_series)
    take_from_series = with_session(series_job.take_from_series)
    record_clue = with_session(clues_job.record_clue)
    withdraw_clue = with_session(clues_job.withdraw_clue)
    search_clues = with_session(clues_job.search_clues)
    export_series_sheet = with_session(series_sheet_job.export_series_sheet)
    preview_series_sheet = with_session(series_sheet_job.preview_series_sheet)
    record_victim_state = with_session(identification_job.record_victim_state)

    # Leads
    lead_figures = with_session(lead_figures_job.measure_lead_figures)
    reports_behind = with_session(behind_job.list_reports_behind)
    providers = with_session(provider_profiles_job.measure_providers)
    export_chart = with_session(export_chart_job.export_chart)
    team_weeks = with_session(exposure_job.list_team_weeks)

    # The person's own account
    own_exposure = with_session(exposure_job.summarize_exposure)
    own_settings = with_session(account_job.load_own_settings)
    save_own_settings = with_session(account_job.save_own_settings)
    last_folders = with_session(account_job.load_last_folders)
    save_last_folders = with_session(account_job.save_last_folders)
    own_outcomes = with_session(own_work_job.list_own_outcomes)
    kept_away = with_session(own_work_job.list_kept_away)
    give_back = with_session(decisions_job.give_back)

    # Training
    training_progress = with_session(training_job.load_training)
    answer_question = with_session(training_job.answer_question)
    write_training_certificate = with_session(training_job.write_training_certificate)

    # Rules and the sample
    rule_book = with_session(rule_book_job.load_rule_book)
    try_edit = with_session(rules_job.try_edit)
    try_back = with_session(rules_job.try_back)
    use_edit = with_session(rules_job.use_edit)
    rules_back = with_session(rules_job.back)
    judge_rest = with_session(rules_job.judge_rest)
    sample = with_session(sampling_job.show_sample)
    draw_sample = with_session(sampling_job.draw_sample)
    ranking = with_session(sampling_job.show_ranking)
    funnel = with_session(funnel_job.measure_funnel)
    overdue = with_session(funnel_job.list_overdue)
