"""What a canonical image brings: the same edits made three ways over scenes that nobody chose, seen from everywhere."""
