"""What goes out of the house: model objects in, signed files out, each with its verifier. No store, no decoders."""
