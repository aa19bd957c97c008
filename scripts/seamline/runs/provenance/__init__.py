"""From a picture back to what made it: the mark that it carries, the record that names it, and its recipe."""
