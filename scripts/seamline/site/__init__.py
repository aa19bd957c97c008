"""Write the tree, call the builder, audit what was built."""
