"""Make the reader: fine-tune a sentence encoder on synthetic questions, and store it in few bits."""
