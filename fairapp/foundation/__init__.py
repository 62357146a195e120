"""Clock, database, errors, ids, money and text: what knows nothing of fairs."""
