-- What rules over several periods look back at: the grade's id, and the gates and quotas that held, one a line.
ALTER TABLE documents ADD COLUMN grade_id TEXT;
ALTER TABLE documents ADD COLUMN marks TEXT NOT NULL DEFAULT '';
