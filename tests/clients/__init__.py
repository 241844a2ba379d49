"""Sample clients that the contract checks are held against: correct ones, buggy ones, official ones."""
