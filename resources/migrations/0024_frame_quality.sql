-- What PDQ thinks of the frame of a film that met a list; a picture's own stands with its medium.
ALTER TABLE list_near ADD COLUMN quality INTEGER;
