"""What the hostile tests are made of: a private server, raw sockets, a health probe, hostile texts and the kinds of attack."""
