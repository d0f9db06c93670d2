"""Files of strangers: told by their content, made anew in a process of their own. Nothing here knows a case."""
