"""What is alike: pictures and films, what people said of them, and what files outside the store are."""
