"""What is worth saying, one file per kind: facts in, a channel-neutral message out."""
