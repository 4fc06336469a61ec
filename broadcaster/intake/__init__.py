"""What comes in: units, articles and the station's own set-up, all or nothing per file, every fault with its place."""
