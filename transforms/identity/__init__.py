"""Who is who: one id per person over all sheets, each link with the sum of its evidence.

Names are taken apart where sheets are read, too: so nothing is imported here.
"""
