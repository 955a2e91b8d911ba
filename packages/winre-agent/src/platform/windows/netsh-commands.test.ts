import type { NetworkProfile } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { forgetWifiCommand, netshCommands } from './netsh-commands.ts';

const lines = (profile: NetworkProfile): string[] => netshCommands(profile, 'X:\\agent\\wlan-profile.xml').map((command) => [command.fileName, ...command.arguments].join(' | '));

test('wired networks', () => {
  expect(lines({ kind: 'ethernet-dhcp', interfaceName: 'Ethernet 2' })).toEqual([
    'netsh.exe | interface | ipv4 | set | address | name=Ethernet 2 | source=dhcp',
    'netsh.exe | interface | ipv4 | set | dnsservers | name=Ethernet 2 | source=dhcp',
  ]);
  expect(lines({ kind: 'ethernet-static', interfaceName: 'Ethernet', address: '10.1.2.3', prefixLength: 20, gateway: '10.1.0.1', dnsServers: ['10.1.0.2', '10.1.0.3'] })).toEqual([
    'netsh.exe | interface | ipv4 | set | address | name=Ethernet | source=static | address=10.1.2.3 | mask=255.255.240.0 | gateway=10.1.0.1',
    'netsh.exe | interface | ipv4 | set | dnsservers | name=Ethernet | source=static | address=10.1.0.2 | register=none | validate=no',
    'netsh.exe | interface | ipv4 | add | dnsservers | name=Ethernet | address=10.1.0.3 | index=2 | validate=no',
  ]);
});

test.each([[1, '128.0.0.0'], [24, '255.255.255.0'], [32, '255.255.255.255']])('a prefix of %i bits is the mask %s', (prefixLength, mask) => {
  expect(lines({ kind: 'ethernet-static', interfaceName: 'Ethernet', address: '10.1.2.3', prefixLength, dnsServers: [] })[0]).toContain(`mask=${mask}`);
});

test('Wi-Fi with a password: the key is in the file, and a name with quotes stays one argument', () => {
  const profile = { kind: 'wifi-wpa3-sae', ssid: 'Depot" name=x', key: { secret: 'wifi' }, hidden: false, transition: true } as const;
  expect(lines(profile)).toEqual(['netsh.exe | wlan | add | profile | filename=X:\\agent\\wlan-profile.xml | user=all', 'netsh.exe | wlan | connect | name=Depot" name=x']);
  expect(forgetWifiCommand('depot').arguments).toEqual(['wlan', 'delete', 'profile', 'name=depot']);
});

test('kinds that WinRE does not have are refused', () => {
  expect(() => lines({ kind: 'proxy', url: 'http://proxy.example', bypass: [] })).toThrow(expect.objectContaining({ code: 'unsupported' }));
});
