"""Networks as graphs of operations: any torch module, traced."""
