"""The web console of advisors, teachers and editors at /console: pages made on the server, small changes by HTMX, no build step."""
