"""The commands of `parcferme`, one module each, imported only when called."""
