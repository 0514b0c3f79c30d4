"""A world whose truths are known: the demo tenant's landing files and what a test may expect of them."""
