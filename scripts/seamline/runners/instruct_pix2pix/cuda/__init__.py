"""What makes an InstructPix2Pix fast on a CUDA GPU."""
