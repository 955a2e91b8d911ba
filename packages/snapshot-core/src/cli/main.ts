#!/usr/bin/env node
import { explainOldNode } from './explain-old-node.ts';

// Nothing else may be imported before the version is known: an old Node fails while it reads newer modules, with a stack trace.
const complaint = explainOldNode(process.versions.node);
if (complaint === undefined) {
  const { runAsProcess } = await import('./run-as-process.ts');
  await runAsProcess();
} else {
  process.stderr.write(complaint);
  process.exitCode = 1;
}
