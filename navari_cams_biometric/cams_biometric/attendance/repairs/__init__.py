"""Days that HRMS had decided before all their punches were here."""
