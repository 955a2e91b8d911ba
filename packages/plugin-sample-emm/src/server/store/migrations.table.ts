/** The schema, one step a version. A step that was released is never edited; changes go into a new one. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE gateway_records (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name TEXT NOT NULL,
    record_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    tenant_id TEXT,
    device_id TEXT,
    hardware_id TEXT,
    is_open INTEGER NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (table_name, record_key)
  ) STRICT;
  CREATE INDEX gateway_records_by_tenant ON gateway_records (table_name, tenant_id, sequence);
  CREATE INDEX gateway_records_by_device ON gateway_records (table_name, device_id, sequence);

  CREATE TABLE artifact_parts (
    artifact_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (artifact_id, part)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE api_tokens (
    token_id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL,
    principal TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
  ) STRICT;

  CREATE TABLE rebuild_offerings (
    tenant_id TEXT PRIMARY KEY,
    offerings TEXT NOT NULL
  ) STRICT;

  CREATE TABLE operation_fences (
    tenant_id TEXT NOT NULL,
    operation_key TEXT NOT NULL,
    fence INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, operation_key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE admin_audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    tenant_id TEXT,
    principal TEXT,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    permission TEXT,
    status INTEGER NOT NULL,
    code TEXT,
    correlation_id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX admin_audit_by_tenant ON admin_audit (tenant_id, sequence);
  `,
  `
  CREATE TABLE mdm_certificates (
    thumbprint TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_name TEXT NOT NULL,
    certificate_pem TEXT NOT NULL,
    public_key_spki TEXT NOT NULL,
    os_edition INTEGER,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    revocation_reason TEXT
  ) STRICT;
  CREATE INDEX mdm_certificates_by_device ON mdm_certificates (device_id);

  CREATE TABLE mdm_groups (
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (tenant_id, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mdm_group_members (
    tenant_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    PRIMARY KEY (tenant_id, device_id),
    FOREIGN KEY (tenant_id, group_name) REFERENCES mdm_groups (tenant_id, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mdm_group_members_by_group ON mdm_group_members (tenant_id, group_name);

  CREATE TABLE mdm_device_networks (
    device_id TEXT NOT NULL,
    ssid TEXT NOT NULL,
    network TEXT NOT NULL,
    PRIMARY KEY (device_id, ssid)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mdm_sessions (
    device_id TEXT PRIMARY KEY,
    session TEXT NOT NULL
  ) STRICT;

  CREATE TABLE mdm_reports (
    device_id TEXT PRIMARY KEY,
    report TEXT NOT NULL
  ) STRICT;

  CREATE TABLE mdm_execs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id TEXT NOT NULL,
    exec_key TEXT NOT NULL,
    device_id TEXT NOT NULL,
    exec TEXT NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (tenant_id, exec_key)
  ) STRICT;
  CREATE INDEX mdm_execs_by_device ON mdm_execs (device_id, state);
  `,
];
