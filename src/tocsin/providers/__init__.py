"""Where it is said, one file per outside service: a message in, requests and an outcome out; no I/O."""
