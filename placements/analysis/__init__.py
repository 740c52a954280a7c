"""What the data say today: one question per module, each a pure function from frames to a frame."""
