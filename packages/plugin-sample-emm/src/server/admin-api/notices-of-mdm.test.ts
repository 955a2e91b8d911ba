import { expect, test } from 'vitest';
import { restore } from '../../../test/planned-session.ts';
import { noticesOfMdm } from './notices-of-mdm.ts';

test('whoever sets something is told what is doubtful about it, by the name of the node', () => {
  const notices = noticesOfMdm({ restore }, { osEdition: null }, undefined, '10.0.26100.8737');
  const doubts = notices.filter(({ code }) => code === 'doubtful');
  expect(doubts.map(({ message, severity }) => [message.split(': ')[0], severity])).toEqual([['SetRestorePointFrequency', 'info'], ['SetRestorePointRetention', 'info']]);
  for (const { message } of doubts) expect(message).toMatch(/^\w+: .{10,}/);
});
