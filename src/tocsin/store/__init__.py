"""What is remembered: the one Django app, its queries and its writes, one file per aggregate each."""
