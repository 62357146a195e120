"""Badges, their QR codes and PDFs, gates and scans."""
