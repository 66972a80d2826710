"""What does a protocol say that nobody meant? Static checks, each with a patient that shows it."""
