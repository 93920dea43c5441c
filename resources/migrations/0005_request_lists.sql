-- Requests of one case, and those that wait for an answer, without reading all requests.
CREATE INDEX request_case ON request (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX request_waiting ON request (kind, sent) WHERE sent IS NOT NULL AND closed IS NULL;
