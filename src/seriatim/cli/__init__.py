"""The command line: parse, call a public function, print. A command a file, heavy imports inside the commands."""
