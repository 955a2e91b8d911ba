/** Examples of FIPS 180 (its appendix and NIST's example file), and the million letters a. */
export const sha256Vectors = [
  { name: 'nothing', message: Buffer.alloc(0), digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  { name: 'one block', message: Buffer.from('abc'), digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  { name: 'two blocks', message: Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'), digest: '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1' },
  { name: 'a million a', message: Buffer.alloc(1_000_000, 'a'), digest: 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0' },
];

/** Cases 1 to 4 of RFC 4231: those whose key is not longer than 32 bytes and whose tag is whole. */
export const hmacSha256Vectors = [
  { name: 'RFC 4231 case 1', key: Buffer.alloc(20, 0x0b), message: Buffer.from('Hi There'), digest: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7' },
  { name: 'RFC 4231 case 2', key: Buffer.from('Jefe'), message: Buffer.from('what do ya want for nothing?'), digest: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843' },
  { name: 'RFC 4231 case 3', key: Buffer.alloc(20, 0xaa), message: Buffer.alloc(50, 0xdd), digest: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe' },
  {
    name: 'RFC 4231 case 4',
    key: Uint8Array.from({ length: 25 }, (_, index) => index + 1),
    message: Buffer.alloc(50, 0xcd),
    digest: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  },
];
