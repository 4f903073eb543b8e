"""What the gateway has beside what this site has."""
