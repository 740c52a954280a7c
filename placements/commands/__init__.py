"""What each command answers, as plain values: the command line only prints it. One module per kind of question."""
