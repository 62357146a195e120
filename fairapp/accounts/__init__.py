"""People, sign-in, roles and their scope, API tokens, devices."""
