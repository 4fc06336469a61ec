"""A demonstration town modelled on the plan of 2017: invented people, real work."""
