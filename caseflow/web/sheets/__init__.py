"""Forms that write one thing on a case, each a function from the case as its reader sees it to a sheet of questions."""
