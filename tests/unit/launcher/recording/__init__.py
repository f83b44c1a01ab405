"""A program for the real engine whose resources touch no machine: each writes into a file when it begins and ends."""
