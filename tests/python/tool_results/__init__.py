"""Results that other backtesters wrote, and the scripts that made them."""
