"""The report: a document written from results, by rules, and rendered by quarto or pandoc."""
