"""Who did it and where: a pure function of the set of identity facts, whatever their order."""
