-- What has happened to one subject, the newest first: an import asks it of each entry that it would publish again.

create index audit_records_subject_index on audit_records (organization_id, subject_type, subject_id, position);
