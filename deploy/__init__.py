"""Running the marketplace: `local` is for this machine, the other folders are for operators."""
