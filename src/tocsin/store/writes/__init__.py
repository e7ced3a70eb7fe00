"""What is written to the store, one file per aggregate; names are past facts."""
