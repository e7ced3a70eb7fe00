"""The command line and the wiring: the top row, which alone knows every entrance."""
