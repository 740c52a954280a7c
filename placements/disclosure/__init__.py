"""What may leave the program: small counts hidden, figures rounded, every output file scanned before it is written."""
