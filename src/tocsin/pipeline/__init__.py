"""The shell: one file per stage, each load, decide, save."""
