"""`python -m tocsin.ops`: the command line, for processes that start each other."""

from tocsin.ops.main import main

main()
