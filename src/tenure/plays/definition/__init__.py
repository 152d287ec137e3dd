"""What a play says: from its stored form to frozen dataclasses, and its steps in running order."""
