"""What need not be rendered or built again, as nothing that it was made from has changed."""
