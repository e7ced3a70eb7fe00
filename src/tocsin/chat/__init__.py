"""What arrives from chat services: the proof that it is theirs, then a command."""
