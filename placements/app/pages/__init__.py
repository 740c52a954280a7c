"""The pages, one question each: a new one is a module here with its `ROUTES`, and a line in `site.MENU`."""
