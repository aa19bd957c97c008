"""What a built site gives those who share, cite, follow it or read it by machine: in its pages and beside them."""
