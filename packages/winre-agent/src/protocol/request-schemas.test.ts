import { describe, expect, it } from 'vitest';
import { artifactQuerySchema } from './artifact-upload.ts';
import { channelEndRequestSchema } from './channel-end.ts';
import { logsRequestSchema } from './log-chunk.ts';
import { reportRequestSchema } from './operation-report.ts';
import { pollReplySchema, pollRequestSchema } from './poll.ts';

const poll = { waitMs: 0, heartbeat: 0, lastCommandSequence: 0, openQueryIds: [], trustSequence: 0, revocationsSequence: -1, settingsVersion: '' };
const report = { operationKey: 'o', reportSequence: 1, report: { state: 'running', rawState: '', observedAt: '2026-11-22T03:00:00.000Z' } };
const chunk = { sequence: 1, stream: 'agent', category: 'agent-log', text: 'x', bytes: 1, truncated: false };

describe('requests', () => {
  it.each([
    ['an unknown member', pollRequestSchema, { ...poll, hurry: true }, ''],
    ['a wait beyond the limit', pollRequestSchema, { ...poll, waitMs: 60_001 }, 'waitMs'],
    ['a sequence below zero', pollRequestSchema, { ...poll, lastCommandSequence: -1 }, 'lastCommandSequence'],
    ['a state that is not the device’s to report', reportRequestSchema, { reports: [{ ...report, report: { ...report.report, state: 'accepted' } }] }, 'reports.0.report.state'],
    ['a vendor reference', reportRequestSchema, { reports: [{ ...report, report: { ...report.report, vendorRef: 'mine' } }] }, 'reports.0.report'],
    ['evidence in another’s name', reportRequestSchema, { reports: [{ ...report, report: { ...report.report, evidence: { kind: 'k', observedAt: '2026-11-22T03:00:00.000Z', source: 'continuity-token', detail: null } } }] }, 'reports.0.report.evidence.source'],
    ['a category that is not declared', logsRequestSchema, { chunks: [{ ...chunk, category: 'passwords' }] }, 'chunks.0.category'],
    ['an end for no known reason', channelEndRequestSchema, { reason: 'bored' }, 'reason'],
    ['a name that is a path', artifactQuerySchema, { category: 'diagnostics', name: '../x' }, 'name'],
  ])('with %s are refused, and the field is named', (_, schema, value, path) => {
    expect(schema.safeParse(value).error?.issues[0]?.path.join('.')).toBe(path);
  });

  it('in order are taken', () => {
    expect(pollRequestSchema.safeParse(poll).success).toBe(true);
    expect(reportRequestSchema.safeParse({ reports: [report] }).success).toBe(true);
    expect(logsRequestSchema.safeParse({ chunks: [chunk] }).success).toBe(true);
  });
});

describe('replies', () => {
  it('may carry more than this version knows', () => {
    expect(pollReplySchema.parse({ commands: [], logs: { acknowledgedSequence: 0, windowBytes: 1 }, later: 1 })).toEqual({ commands: [], logs: { acknowledgedSequence: 0, windowBytes: 1 } });
  });
});
