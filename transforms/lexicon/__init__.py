"""Small, reviewable word lists."""
