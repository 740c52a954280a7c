"""Where things are: postcodes, authorities in time, distance, boundaries and planning areas; all without a network."""
