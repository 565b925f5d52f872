"""Where jobs run: `engine` says what an engine must do, `local` is the embedded default."""
