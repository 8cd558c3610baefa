"""How the marketplace is run: `local` is this machine, the other folders are for operators."""
