"""What is measured, a module each: ``comparisons(folder, quick=…)`` yields it."""
