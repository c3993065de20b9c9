"""Pages of the site that are written from what the code declares; see `docs.pages.site`."""
