"""What matches what: files with files, and files with hash lists."""
