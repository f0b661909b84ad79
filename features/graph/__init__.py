"""Features that are read off the graph of an architecture: GRAF, paths, cell, flow."""
