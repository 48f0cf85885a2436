"""Who is told of what, and how: notices, their audience, and the channels that carry them."""
