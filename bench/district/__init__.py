"""A district-year: one kabupaten, its workers and the cases of a year, lived through the product's own actions."""
