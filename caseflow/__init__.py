"""caseflow: case management for social intervention, each case an explicit state machine."""
