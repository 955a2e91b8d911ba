import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecoveryError } from '@winre-kit/sdk';

/**
 * Keeps a second agent away from a state folder: two of them would tear the ledger. The hold is a local socket that nobody connects to, so the system
 * lets go of it however the process ends; a file with a process id could outlive it and keep a device from recovering.
 *
 * @returns lets go of it
 * @throws {RecoveryError} `conflict` when another agent has it
 */
export async function holdStateFolder(stateFolder: string): Promise<() => Promise<void>> {
  const address = socketAddress(await realpath(stateFolder));
  const refusal = new RecoveryError('conflict', `another agent works with ${stateFolder}: stop it first`);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(address);
    if (server) return () => new Promise((resolve) => void server.close(() => resolve()));
    if (await answers(address)) throw refusal;
    // A socket file whose process is gone, where sockets are files.
    if (!address.startsWith('\0')) await rm(address, { force: true });
  }
  throw refusal;
}

function socketAddress(stateFolder: string): string {
  const name = `winre-agent-${createHash('sha256').update(stateFolder).digest('hex').slice(0, 32)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  // Abstract sockets of Linux have no file that could be left behind.
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

async function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server.unref()));
  });
}

async function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
