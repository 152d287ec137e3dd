"""What the page Adoption shows: who uses which feature, funnels, coming back, and questions."""
