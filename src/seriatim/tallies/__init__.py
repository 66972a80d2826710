"""What is a contingency table with a conscience? Counts by keys whose roles decide what may be summed and merged."""
