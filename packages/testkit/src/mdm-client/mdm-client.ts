import { rootCertificates } from 'node:tls';
import { RecoveryError, type Clock } from '@winre-kit/sdk';
import { createDeviceModel, createDeviceState, findDefinition, placeOf, type DeviceSettings } from './device/device-model.ts';
import type { DeviceState, NodeValue, RecordedExec } from './device/device-state.ts';
import type { DeviceKeyKind } from './enrolment/certificate-request.ts';
import { enrolDevice, type MdmEnrolment } from './enrolment/enrol-device.ts';
import type { EnrolmentCredentials } from './enrolment/soap-exchange.ts';
import type { MdmClientState } from './mdm-client-state.ts';
import type { DropReplyFault, MdmFault } from './mdm-fault.ts';
import { beginSession, type LoginStatus, type SessionReason } from './session/begin-session.ts';
import { createHttpsTransport } from './session/https-transport.ts';
import type { MdmTransport } from './session/mdm-transport.ts';
import { runSession } from './session/run-session.ts';
import type { MdmSessionReport } from './session/session-report.ts';
import type { ClientAlert } from './syncml/client-command.ts';

/** The device, and how it reaches its server. */
export interface MdmClientSettings extends DeviceSettings {
  readonly clock: Pick<Clock, 'now'>;
  /** Authorities to trust besides those that an enrolment installs, in PEM; without it those of Node. */
  readonly trustedAuthoritiesPem?: string;
  /** Default: real HTTPS. */
  readonly transport?: MdmTransport;
  /** For message ids; default: the random source of the platform. */
  readonly randomUuid?: () => string;
  /** Default: rsa, as Windows. */
  readonly keyKind?: DeviceKeyKind;
  /** The largest message this client takes, told to the server, in bytes. Default: 524288. */
  readonly maxMsgSizeBytes?: number;
  /** Default: user. */
  readonly loginStatus?: LoginStatus;
  /** A session ends with an error after so many messages. Default: 200. */
  readonly maxMessages?: number;
  /** Continues where `client.state()` was taken, as after a restart. */
  readonly state?: MdmClientState;
}

export interface MdmEnrolmentRequest extends EnrolmentCredentials {
  /** `https://host/EnrollmentServer/Discovery.svc`. */
  readonly discoveryUrl: string;
  readonly signal?: AbortSignal;
}

/** A Windows device under management, as a server sees it. */
export interface MdmClient {
  /** Enrols with user name and password; a server of enrolment tokens takes the token as password. Enrolling again replaces the enrolment. */
  enrol(request: MdmEnrolmentRequest): Promise<MdmEnrolment>;
  /**
   * Runs one session with the server.
   *
   * What commands changed is kept even when the session fails afterwards.
   *
   * @throws {RecoveryError} `failed-precondition` when not enrolled or a session is under way; otherwise as the transport and the server's status say
   */
  sync(options?: { readonly reason?: SessionReason; readonly signal?: AbortSignal }): Promise<MdmSessionReport>;
  /** The user ends the enrolment: the next session says so with alert 1226, and the client is not enrolled after it. */
  unenrolByUser(): void;
  /** Queues an alert for the next session: 1226 with an item when an asynchronous command ends, 1224 for an event of the device. */
  raiseAlert(alert: Omit<ClientAlert, 'kind'>): void;
  /** Makes something go wrong from now on. */
  inject(fault: MdmFault): void;
  clearFaults(): void;
  /** Sets or, with undefined, deletes nodes behind the server's back, as an administrator at the device or a reset would. Nothing is checked. */
  changeLocally(uri: string, value: string | undefined): void;
  /** Nodes that exist, by LocURI in canonical form, with values as they were written. */
  nodes(): Readonly<Record<string, NodeValue>>;
  /** The value of one leaf; undefined when it is not set. */
  node(uri: string): string | undefined;
  /** Every Exec that took effect, oldest first. */
  execs(): readonly RecordedExec[];
  /** A copy of everything that survives a restart. */
  state(): MdmClientState;
  readonly isEnrolled: boolean;
}

/**
 * A simulated Windows device with its management client. It shares neither codec nor XML library with the rest of the kit, so that both sides cannot make one mistake together.
 *
 * @throws {RecoveryError} `invalid-argument` when the build cannot be read
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function createMdmClient(settings: MdmClientSettings): MdmClient {
  const model = createDeviceModel(settings);
  const transport = settings.transport ?? createHttpsTransport();
  const randomUuid = settings.randomUuid ?? (() => globalThis.crypto.randomUUID());
  const drops: DropReplyFault[] = [];
  let state: MdmClientState = settings.state ?? { device: createDeviceState(settings), pendingAlerts: [], nextSessionNumber: 1 };
  let isBusy = false;

  const keepDevice = (device: DeviceState): void => void (state = { ...state, device });
  /** What an enrolment installs adds to the authorities that are trusted anyway. */
  const trustWith = (installedPem: string): { readonly trustedAuthoritiesPem?: string } => {
    const { trustedAuthoritiesPem } = settings;
    if (installedPem === '') return trustedAuthoritiesPem === undefined ? {} : { trustedAuthoritiesPem };
    return { trustedAuthoritiesPem: `${trustedAuthoritiesPem ?? rootCertificates.join('\n')}\n${installedPem}` };
  };
  const forgetEnrolment = (): void => {
    const { enrolment: _, ...rest } = state;
    const { partialObject: __, ...device } = state.device;
    state = { ...rest, pendingAlerts: [], device: { ...device, isUnenrolled: false } };
  };
  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isBusy) throw new RecoveryError('failed-precondition', 'the client is in a session already: a device has one at a time');
    isBusy = true;
    try {
      return await work();
    } finally {
      if (state.device.isUnenrolled) forgetEnrolment();
      isBusy = false;
      transport.close();
    }
  };

  return {
    enrol: (request) => alone(async () => {
      const order = { discoveryUrl: request.discoveryUrl, credentials: request, deviceId: settings.hardwareId, deviceName: settings.deviceName, osVersion: state.device.nodes['./DevDetail/SwV']?.value ?? '', keyKind: settings.keyKind ?? 'rsa', nextMessageId: randomUuid };
      const { enrolment, document } = await enrolDevice(order, { transport, ...trustWith(''), ...(request.signal === undefined ? {} : { signal: request.signal }) });
      forgetEnrolment();
      const provider = `./Vendor/MSFT/DMClient/Provider/${encodeURIComponent(document.providerId)}`;
      const clientNodes = Object.entries(document.clientNodes).map(([path, value]): [string, NodeValue] => [`${provider}/${path}`, value]);
      const hasPoll = clientNodes.some(([uri]) => uri.startsWith(`${provider}/Poll/`));
      const interior = { [provider]: { format: 'node' as const, value: '' }, ...(hasPoll ? { [`${provider}/Poll`]: { format: 'node' as const, value: '' } } : {}) };
      state = { ...state, enrolment, device: { ...state.device, nodes: { ...state.device.nodes, ...interior, ...Object.fromEntries(clientNodes) } } };
      return enrolment;
    }),
    sync: ({ reason = 'client', signal } = {}) => alone(async () => {
      const { enrolment, pendingAlerts, nextSessionNumber, device } = state;
      if (!enrolment) throw new RecoveryError('failed-precondition', 'the client is not enrolled: call enrol first');
      // An object of which the end never came is not continued in another session.
      const { partialObject: _, ...rest } = device;
      state = { ...state, device: rest, nextSessionNumber: nextSessionNumber + 1 };
      const start = beginSession({ sessionNumber: nextSessionNumber, managementUrl: enrolment.managementUrl, reason, loginStatus: settings.loginStatus ?? 'user', alerts: pendingAlerts, device: rest });
      const report = await runSession(start, {
        model, deviceId: settings.hardwareId, identity: enrolment, transport, ...trustWith(enrolment.rootCertificatesPem),
        maxMsgSizeBytes: settings.maxMsgSizeBytes ?? 524_288, maxMessages: settings.maxMessages ?? 200, ...(signal === undefined ? {} : { signal }),
        now: () => settings.clock.now(), readDevice: () => state.device, keepDevice,
        dies(message) {
          const index = drops.findIndex((drop) => (drop.message ?? 1) === message);
          return index < 0 ? undefined : (drops.splice(index, 1)[0]?.when ?? 'after-commands');
        },
      });
      const isHeard = report.ending !== 'cut' && report.ending !== 'refused';
      const endsByUser = isHeard && pendingAlerts.some(({ item }) => item?.type === userUnenrolment);
      if (isHeard) state = { ...state, pendingAlerts: state.pendingAlerts.slice(pendingAlerts.length) };
      if (endsByUser) forgetEnrolment();
      return endsByUser ? { ...report, ending: 'unenrolled' } : report;
    }),
    unenrolByUser() {
      state = { ...state, pendingAlerts: [...state.pendingAlerts, { kind: 'alert', code: '1226', item: { type: userUnenrolment, format: 'int', data: '1' } }] };
    },
    raiseAlert: (alert) => void (state = { ...state, pendingAlerts: [...state.pendingAlerts, { kind: 'alert', ...alert }] }),
    inject(fault) {
      if (fault.kind === 'drop-reply') drops.push(fault);
      else keepDevice({ ...state.device, faults: [...state.device.faults, fault] });
    },
    clearFaults() {
      drops.length = 0;
      keepDevice({ ...state.device, faults: [] });
    },
    changeLocally(uri, value) {
      const place = placeOf(uri);
      const kept = Object.fromEntries(Object.entries(state.device.nodes).filter(([known]) => known !== place.uri && (value !== undefined || !known.startsWith(`${place.uri}/`))));
      const format = findDefinition(model.definitions, place)?.format ?? 'chr';
      keepDevice({ ...state.device, nodes: value === undefined ? kept : { ...kept, [place.uri]: { format, value } } });
    },
    nodes: () => state.device.nodes,
    node: (uri) => state.device.nodes[placeOf(uri).uri]?.value,
    execs: () => state.device.execs,
    state: () => structuredClone(state),
    get isEnrolled() {
      return state.enrolment !== undefined;
    },
  };
}

/** The type of the alert by which a user ends an enrolment. @see https://learn.microsoft.com/en-us/windows/client-management/disconnecting-from-mdm-unenrollment */
const userUnenrolment = 'com.microsoft:mdm.unenrollment.userrequest';
