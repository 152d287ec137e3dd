"""What goes out to the world: written with the step that wants it, sent afterwards, and told."""
