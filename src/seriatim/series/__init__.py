"""What is a consecutive treatment series? Its tables, the order of accrual, its checks and its stored form."""
