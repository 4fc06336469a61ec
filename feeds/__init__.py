"""Values in, bytes out: feeds, calendars, playlists and manifests of the public tree.

Nothing here touches the disk, the network or the clock, and the same values always give the same bytes.
"""
