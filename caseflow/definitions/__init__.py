"""Category files: reading them strictly, checking them, and keeping each version by its digest."""
