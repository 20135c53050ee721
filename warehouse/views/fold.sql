-- title: A word without its accents
-- macro: fold(written)
-- grain: one text
-- counts: Lower case, without accents and punctuation, so that Helary finds Hélary. ø ł ß æ œ ı count as o l ss ae oe i.
trim(regexp_replace(
  replace(replace(replace(replace(
    translate(lower(strip_accents(written)), 'øłıđðħŧŋς', 'oliddhtnσ'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
  '[^\p{L}\p{N}#/]+', ' ', 'g'))
