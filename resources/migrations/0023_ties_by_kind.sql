-- One kind of a report's ties is read without the others: of a neighbour with a thousand files only its event is asked.
DROP INDEX tie_report;
CREATE INDEX tie_report ON tie (report_id, kind, value, strength, day);
