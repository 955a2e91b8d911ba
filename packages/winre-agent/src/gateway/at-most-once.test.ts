import { RecoveryError, type Intent } from '@winre-kit/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBench, nonce, planOperation, tenantId, type GatewayBench, type PlannedOperation } from '../../test/gateway-bench.ts';
import { enrol, openChannel, pollBody, post, signNext, type TestChannel, type TestDevice } from '../../test/test-device.ts';
import { pollReplySchema, protocolRoutes, type Command } from '../protocol/index.ts';

/** `WINRE_KIT_LONG_TESTS` makes the search longer. */
const isLong = (process.env['WINRE_KIT_LONG_TESTS'] ?? '') !== '';

type Loss = 'none' | 'request' | 'reply';
type Step =
  | { readonly do: 'start' | 'reconcile' | 'cancel'; readonly operation: number }
  | { readonly do: 'poll' | 'report'; readonly lost: Loss }
  | { readonly do: 'hello' | 'restart-gateway' | 'lose-ledger' | 'delay-poll' | 'deliver-delayed' | 'replay' }
  | { readonly do: 'wait'; readonly minutes: number };

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('start' as const, 'reconcile' as const), operation: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), operation: fc.nat(2) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('poll' as const, 'report' as const), lost: fc.constantFrom<Loss>('none', 'request', 'reply') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('hello' as const, 'restart-gateway' as const, 'delay-poll' as const, 'deliver-delayed' as const, 'deliver-delayed' as const, 'replay' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose-ledger' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.nat(90) }) },
);

/** A network that loses, delays and repeats, and an agent that runs whatever reaches it: whatever is safe here is safe by the gateway's doing alone. */
class World {
  readonly ran = new Map<string, number>();
  readonly cancelled = new Set<string>();
  readonly violations: string[] = [];
  readonly bench: GatewayBench;
  readonly device: TestDevice;
  readonly plans: readonly PlannedOperation[];
  channel: TestChannel | undefined;
  delayed: (() => Promise<unknown>)[] = [];
  sent: (() => Promise<unknown>)[] = [];
  #reportSequence = 0;

  constructor(bench: GatewayBench, device: TestDevice, plans: readonly PlannedOperation[]) {
    this.bench = bench;
    this.device = device;
    this.plans = plans;
  }

  async run(action: Step): Promise<void> {
    switch (action.do) {
      case 'start':
        return void (await this.bench.gateway().submitOperation(this.#plan(action.operation)));
      case 'reconcile':
        return this.#reconcile(this.#plan(action.operation));
      case 'cancel':
        return this.#cancel(this.#plan(action.operation).operationKey);
      case 'hello':
        this.channel = await openChannel(this.bench, this.device);
        return undefined;
      case 'poll':
        return this.#poll(action.lost);
      case 'report':
        return this.#report(action.lost);
      case 'restart-gateway':
        return this.bench.restart();
      case 'lose-ledger':
        this.device.stateGeneration = nonce();
        this.device.lastCommandSequence = 0;
        this.device.openOperations = [];
        this.channel = undefined;
        return undefined;
      case 'delay-poll': {
        const signed = this.channel && (await signNext(this.channel, protocolRoutes.poll, pollBody(this.channel)));
        if (signed) this.delayed.push(() => post(this.bench, signed.path, signed.body, signed.headers));
        return undefined;
      }
      case 'deliver-delayed':
        await this.delayed.shift()?.().catch(() => 'refused');
        return undefined;
      case 'replay':
        // The very same request again is refused, whatever it was.
        for (const again of this.sent.slice(-3)) {
          const code = await again().then(() => 'taken', (error: unknown) => (RecoveryError.isInstance(error) ? error.code : 'another error'));
          if (code !== 'unauthenticated') this.violations.push(`a request that was sent again: ${code}`);
        }
        return undefined;
      case 'wait':
        return this.bench.clock.advance(action.minutes * 60_000);
    }
  }

  #plan(index: number): PlannedOperation {
    const plan = this.plans[index];
    if (!plan) throw new TypeError('no such plan');
    return plan;
  }

  async #exchange(path: string, body: unknown, lost: Loss): Promise<unknown> {
    if (!this.channel || lost === 'request') return undefined;
    const signed = await signNext(this.channel, path, body);
    const transmit = (): Promise<unknown> => post(this.bench, signed.path, signed.body, signed.headers);
    try {
      const reply = await transmit();
      this.sent.push(transmit);
      return lost === 'reply' ? undefined : reply;
    } catch {
      this.channel = undefined;
      return undefined;
    }
  }

  async #poll(lost: Loss): Promise<void> {
    this.channel ??= await openChannel(this.bench, this.device);
    const reply = await this.#exchange(protocolRoutes.poll, pollBody(this.channel), lost);
    if (reply !== undefined) for (const command of pollReplySchema.parse(reply).commands) this.#receive(command);
  }

  #receive(command: Command): void {
    if (command.kind !== 'operation') return;
    this.device.lastCommandSequence = Math.max(this.device.lastCommandSequence, command.sequence);
    this.device.openOperations = [...this.device.openOperations, { operationKey: command.operationKey, state: 'started' }];
    this.ran.set(command.operationKey, (this.ran.get(command.operationKey) ?? 0) + 1);
  }

  async #report(lost: Loss): Promise<void> {
    const [first] = this.device.openOperations;
    if (!first) return;
    this.#reportSequence += 1;
    const report = { state: 'succeeded', rawState: 'done', observedAt: '2026-11-22T03:00:00.000Z' };
    const reply = await this.#exchange(protocolRoutes.report, { reports: [{ operationKey: first.operationKey, reportSequence: this.#reportSequence, report }] }, lost);
    if (reply !== undefined) this.device.openOperations = this.device.openOperations.slice(1);
  }

  async #cancel(operationKey: string): Promise<void> {
    const answer = await this.bench.gateway().cancelOperation(tenantId, operationKey).catch(() => 'not there yet');
    if (answer === 'accepted') this.cancelled.add(operationKey);
  }

  async #reconcile(plan: PlannedOperation): Promise<void> {
    const { finding } = await this.bench.gateway().reconcileOperation(tenantId, plan.operationKey);
    if (finding !== 'absent') return;
    if (this.ran.has(plan.operationKey)) this.violations.push(`reconcile says that ${plan.operationKey} is absent, and it ran`);
    await this.bench.gateway().submitOperation(plan);
  }
}

async function createWorld(): Promise<World> {
  const bench = await openBench();
  const device = await enrol(bench);
  const target = { tenantId, device: { id: device.enrolment.deviceId, enrolmentEpoch: device.enrolment.enrolmentEpoch } };
  const intents: Intent[] = [
    { capability: 'winre.restore.trigger', ...target, restorePointId: 'p1', safetySnapshot: true },
    { capability: 'winre.restore.trigger', ...target, restorePointId: 'p2', safetySnapshot: true },
    { capability: 'winre.session.enter', ...target },
  ];
  return new World(bench, device, await Promise.all(intents.map((intent, index) => planOperation(bench, `operation-${index}`, intent))));
}

describe('delivery', () => {
  it('takes effect at most once, whatever is lost, late, repeated, restarted or forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 50, size: 'max' }), async (steps) => {
        const world = await createWorld();
        for (const action of steps) await world.run(action);
        expect(world.violations).toEqual([]);
        for (const [operationKey, count] of world.ran) {
          expect(count, operationKey).toBe(1);
          expect(world.cancelled, 'what was cancelled in time has not run').not.toContain(operationKey);
        }
        await world.bench.gateway().close();
      }),
      { numRuns: isLong ? 400 : 25 },
    );
  });

  it('gets through in the end when the network heals, unless the outcome cannot be told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const world = await createWorld();
        for (const action of steps.filter(({ do: what }) => what !== 'wait' && what !== 'cancel')) await world.run(action);
        for (const action of [{ do: 'hello' }, { do: 'start', operation: 0 }, { do: 'reconcile', operation: 0 }, { do: 'poll', lost: 'none' }] as const) await world.run(action);
        const { finding } = await world.bench.gateway().reconcileOperation(tenantId, 'operation-0');
        expect(finding === 'found' ? `ran ${world.ran.get('operation-0')}` : finding).toMatch(/^(ran 1|cannot-tell)$/);
        await world.bench.gateway().close();
      }),
      { numRuns: isLong ? 400 : 20 },
    );
  });
});
