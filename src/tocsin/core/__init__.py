"""The vocabulary and the decisions: plain data, pure functions, the standard library only."""
