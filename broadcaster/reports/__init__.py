"""The papers of the house: what stands in them as rows, and the same rows as paper, workbook or text."""
