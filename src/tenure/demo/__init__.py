"""A simulated SaaS company with known truth, written out in the public file formats."""
