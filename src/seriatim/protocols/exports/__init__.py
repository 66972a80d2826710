"""How does a protocol leave the system: as a checklist, a bedside sheet, a table to review, a file to exchange?"""
