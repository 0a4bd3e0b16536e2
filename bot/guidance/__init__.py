"""Pure rules about a person's way: routes, support, practice time, interests. Knows no database and no channel."""
