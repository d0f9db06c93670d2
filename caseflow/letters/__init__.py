"""Letters: the catalogue of kinds, the frozen facts, and their rendering to PDF in a child process."""
