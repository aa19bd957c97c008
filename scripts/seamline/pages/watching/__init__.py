"""What pages read of the data that they are made from: noted, and compared with what it was."""
