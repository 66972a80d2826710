"""How are results shown? One section of the report a file: rows in, pages out. A shelf; see `_contract`."""
