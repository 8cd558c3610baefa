"""What the clock starts: sweeps over deadlines, publication of free time, gauges."""
