-- Ties say of whom what is shared is, ports of servers tie nobody, and place asks NCMEC's own table: all is judged anew, once.
INSERT INTO stale (report_id) SELECT id FROM report WHERE true ON CONFLICT (report_id) DO UPDATE SET score_only = 0;
