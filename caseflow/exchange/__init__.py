"""Files that come in and go out: exports of the log."""
