"""What code hosts tell of by themselves: a proof that it is them, then a command. Bodies are never logged."""
