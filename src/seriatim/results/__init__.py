"""What is a result? One row a statistic, estimate and P value apart, and a reason where there is no number."""
