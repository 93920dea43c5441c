"""What goes out, signed and registered."""
