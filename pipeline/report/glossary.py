"""The words that reports use, in plain English, for the site's glossary."""

GLOSSARY = {
    "Autocorrelation": "How alike neighbouring periods are: after a high month often comes another high one. "
    "Methods that forget it are too sure.",
    "Balancing measure": "A measure that is watched in case the change does harm elsewhere.",
    "Baseline": "The time before the change, from which what to expect is worked out.",
    "Common-cause variation": "The usual ups and downs of a process that has not changed.",
    "Control chart": "A chart of a process over time, with limits that tell usual ups and downs "
    "from signals.",
    "Control outcome": "A measure that the change should not move. If it moves, something else was at work.",
    "Counterfactual": "What would have happened without the change; in reports, “expected”.",
    "Draft": "A report whose plan is not frozen, or whose data may still change.",
    "Frozen plan": "A plan that was laid down on a certain day. Later changes to it are "
    "printed in the report.",
    "Interrupted time series": "A study that compares what happened after a change with where things were "
    "heading before it.",
    "Level change": "How far a series stepped up or down at the change.",
    "Likely": "Within the range that should hold the truth in 95 of 100 studies (a 95% confidence interval).",
    "Outcome": "What the change is meant to move.",
    "Percentage point": "The difference of two percentages: from 10% to 12% is two percentage points.",
    "Placebo": "The same analysis at a date when nothing happened. It should find nothing.",
    "Primary outcome": "The outcome that the answer is about: the first in the plan.",
    "Process measure": "A step on the way, which shows whether the change was carried out.",
    "Signal": "A point or a run of points that the usual ups and downs would rarely give.",
    "Slope change": "How much faster or slower a series rises after the change than before.",
    "Special-cause variation": "Ups or downs with a cause of their own: the process has changed.",
    "Specification curve": "What every defensible way to analyse the data finds, side by side.",
    "Target": "The value that a measure should reach.",
}
