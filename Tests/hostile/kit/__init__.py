"""What the hostile tests are made of: a private server, raw sockets, a health probe, odd texts, kinds of attack."""
