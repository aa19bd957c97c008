"""What a page offers to take along as a file."""
