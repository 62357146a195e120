"""What every page and call shares: access, errors, filters, forms, languages, problems."""
