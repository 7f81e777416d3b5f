"""What hands updates to a bot and takes its answers, at little cost; it decides no figures."""
