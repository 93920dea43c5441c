-- Why a picture could not be asked for as an uneven crop when its turn came: it is said wherever the picture is told of.
ALTER TABLE picture_window ADD COLUMN unchecked TEXT;
CREATE INDEX picture_window_unchecked ON picture_window (medium_id) WHERE unchecked IS NOT NULL;
