"""Words: tokens, their analysis, clitics, closed classes and cue lists."""
