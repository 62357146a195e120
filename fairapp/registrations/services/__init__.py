"""Changes to registrations: drafts and filing, review and withdrawal, and the letters about them."""
