-- The planes are laid side by side on the disk, in the order of their keys: a question reads some of them in one go, which takes
-- two thirds of the time that the same pages take one by one. triage/store/queries/queue_planes.py does it again as the store grows.
-- Pages that are free lie here and there. They are taken first, and given back, so that the planes come one after the other behind
-- them; with 160 MB of them or more that would take too long.
CREATE TABLE free_pages (bits BLOB);
INSERT INTO free_pages
    WITH RECURSIVE page (n) AS (
        SELECT freelist_count FROM pragma_freelist_count WHERE freelist_count <= 10000 UNION ALL SELECT n - 1 FROM page WHERE n > 0)
    SELECT zeroblob(16000) FROM page;
CREATE TABLE ordered_plane (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;     -- plane << 20 | block
INSERT INTO ordered_plane SELECT id, bits FROM queue_plane ORDER BY id;
DROP TABLE queue_plane;
ALTER TABLE ordered_plane RENAME TO queue_plane;
DROP TABLE free_pages;
