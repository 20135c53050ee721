"""Pure transforms: Arrow or bytes in, Arrow out."""
