"""What does a consecutive series look like whose truth is known? Invented patients around a published abstract."""
