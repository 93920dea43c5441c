"""Everything that goes out: packets, exports, and the register of outgoing data."""
