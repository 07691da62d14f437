-- Few cards have a later edition: where one is found without reading those of a whole period.
CREATE INDEX later_cards ON documents (job, period, subject, edition) WHERE kind = 'card' AND edition > 1;

-- Whether anything holds one agent or team back is asked for each card that its agent opens.
CREATE INDEX findings_by_weight ON findings (run_id, weight, subject);
