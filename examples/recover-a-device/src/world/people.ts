import { createStatementSigner, generateSigningKey, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';

/** Somebody with a key: in production it lives on a token or in an HSM behind the same `StatementSigner` port. */
export interface Person {
  readonly principal: string;
  readonly signer: StatementSigner;
  readonly trustedKey: TrustedKey;
}

/** The people of the demo. Nobody plays two parts. */
export interface People {
  /** Asks for recoveries. May approve those of others, never the own ones. */
  readonly operator: Person;
  /** Approves what others ask for. */
  readonly approver: Person;
  /** Signs the diagnostic script. */
  readonly scriptAuthor: Person;
}

export async function invitePeople(): Promise<People> {
  return {
    operator: await giveKey('olivia@contoso.example', 'approve'),
    approver: await giveKey('adam@contoso.example', 'approve'),
    scriptAuthor: await giveKey('sofia@contoso.example', 'sign-scripts'),
  };
}

async function giveKey(principal: string, purpose: TrustedKey['purpose']): Promise<Person> {
  const pair = await generateSigningKey();
  return { principal, signer: createStatementSigner(pair), trustedKey: { keyId: pair.keyId, publicKey: pair.publicKey, principal, purpose } };
}
