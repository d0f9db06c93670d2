"""Benchmarks: figures of one run, each beside a reference measured in the same run."""
