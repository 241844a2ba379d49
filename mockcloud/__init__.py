"""mockcloud: a test double for the video-to-GIF and thumbnail services of four clouds."""
