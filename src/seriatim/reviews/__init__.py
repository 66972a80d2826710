"""The main road: what the plan needs, count, analyse, show."""
