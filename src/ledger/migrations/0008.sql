-- People look cards up by period, name and staff number, and follow one agent over the periods; with the card's whole
-- content in every row, only an index that covers the question keeps the answer quick.
CREATE INDEX documents_by_name ON documents (job, period, kind, team, subject, name, edition);
CREATE INDEX documents_of_a_subject ON documents (job, kind, subject, period, edition);
