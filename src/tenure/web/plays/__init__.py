"""What the pages of plays show and write: the library, one play, its editor, its runs."""
