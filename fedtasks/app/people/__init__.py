"""Use-cases between people: handing over, trying, talking, reviewing, asking leave."""
