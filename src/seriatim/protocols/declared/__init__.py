"""What a protocol file says: one part of it a module, as pydantic models."""
