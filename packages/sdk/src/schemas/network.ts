import { z } from 'zod';
import { rawMembersSchema, secretRefSchema } from './primitives.ts';

/** What WinRE itself supports today is `ethernet-dhcp`, `ethernet-static` and `wifi-wpa2-psk`; others only when the device's agent says so. */
export const networkKindSchema = z.enum([
  'ethernet-dhcp',
  'ethernet-static',
  'wifi-wpa2-psk',
  'wifi-wpa3-sae',
  'wifi-eap-tls',
  'ethernet-eap-tls',
  'proxy',
]);
export type NetworkKind = z.infer<typeof networkKindSchema>;

/** 1 to 32 bytes in UTF-8. */
export const ssidSchema = z
  .string()
  .min(1)
  .refine((ssid) => new TextEncoder().encode(ssid).length <= 32, 'expected at most 32 bytes in UTF-8');

const certificateSchema = z.strictObject({ storeName: z.string().min(1), thumbprintSha1: z.string().regex(/^[0-9A-Fa-f]{40}$/, 'expected 40 hexadecimal digits') });

/** A network to bring up in WinRE. Keys are references; their values never stand in plans, events or logs. */
export const networkProfileSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ethernet-dhcp'), interfaceName: z.string().min(1).max(256).default('Ethernet') }),
  z.strictObject({
    kind: z.literal('ethernet-static'),
    interfaceName: z.string().min(1).max(256).default('Ethernet'),
    address: z.ipv4(),
    prefixLength: z.int().min(1).max(32),
    gateway: z.ipv4().optional(),
    dnsServers: z.array(z.ipv4()).max(4).default([]),
  }),
  z.strictObject({ kind: z.literal('wifi-wpa2-psk'), ssid: ssidSchema, key: secretRefSchema, hidden: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('wifi-wpa3-sae'), ssid: ssidSchema, key: secretRefSchema, hidden: z.boolean().default(false), transition: z.boolean().default(true) }),
  z.strictObject({ kind: z.literal('wifi-eap-tls'), ssid: ssidSchema, clientCertificate: certificateSchema, serverNames: z.array(z.string().min(1)).min(1) }),
  z.strictObject({ kind: z.literal('ethernet-eap-tls'), interfaceName: z.string().min(1).max(256).default('Ethernet'), clientCertificate: certificateSchema, serverNames: z.array(z.string().min(1)).min(1) }),
  z.strictObject({ kind: z.literal('proxy'), url: z.url({ protocol: /^https?$/ }), bypass: z.array(z.string().min(1)).default([]) }),
]);
export type NetworkProfile = z.infer<typeof networkProfileSchema>;

/** What the device is connected with now. */
export const networkStatusSchema = z.object({
  connected: z.boolean(),
  kind: networkKindSchema.optional(),
  ssid: z.string().optional(),
  interfaceName: z.string().optional(),
  addresses: z.array(z.string()).default([]),
  raw: rawMembersSchema.optional(),
});
export type NetworkStatus = z.infer<typeof networkStatusSchema>;
