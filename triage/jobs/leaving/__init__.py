"""What goes out: packets, exports, the register of outgoing data."""
