-- Whether anything holds one agent or team back is asked for each card that its agent opens.
CREATE INDEX findings_by_weight ON findings (run_id, weight, subject);
