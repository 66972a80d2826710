"""One clinical question a file: patients in, cases out. A shelf: each module here has `derive(series, cases, spec)`."""
