"""Benchmarks, one file each: script/bench NAME. README.md holds what was measured."""
