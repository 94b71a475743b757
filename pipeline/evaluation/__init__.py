"""What the notebooks call: a plan's choices handed to the statistics, and what they give as plain results.

Everything an analyst decides stands in the plan; these modules translate it and decide nothing themselves.
"""
