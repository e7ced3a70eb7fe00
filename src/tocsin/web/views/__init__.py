"""One file per page: look up, call, render."""
