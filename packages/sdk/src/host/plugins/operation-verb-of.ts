import type { OperationVerb } from '../../contract/facets.ts';
import type { PluginInstance } from '../../contract/plugin.ts';
import type { OperationCapability } from '../../schemas/intent.ts';

type AnyVerb = { [Capability in OperationCapability]: OperationVerb<Capability> }[OperationCapability];

/** The verb that carries an operation out, or undefined when the instance lacks it. */
export function operationVerbOf(instance: PluginInstance, capability: OperationCapability): OperationVerb<OperationCapability> | undefined {
  // The verb was chosen by the capability of the intent it will be given, which the compiler cannot follow.
  return verbFor(instance, capability) as OperationVerb<OperationCapability> | undefined;
}

function verbFor(instance: PluginInstance, capability: OperationCapability): AnyVerb | undefined {
  switch (capability) {
    case 'winre.session.enter':
      return instance.sessions?.enter;
    case 'winre.session.exit':
      return instance.sessions?.exit;
    case 'winre.script.push':
      return instance.scripts;
    case 'winre.package.push':
      return instance.packages;
    case 'winre.network.configure':
      return instance.network;
    case 'winre.restore.trigger': {
      const { restore } = instance;
      return restore?.doPlan && restore.doStart ? { doPlan: restore.doPlan.bind(restore), doStart: restore.doStart.bind(restore) } : undefined;
    }
    case 'winre.rebuild.trigger':
      return instance.rebuild;
    case 'winre.remediation.test':
      return instance.remediation?.test;
    case 'winre.keys.escrow':
      return instance.recoveryKeys?.rotate;
    case 'winre.keys.release':
      return instance.recoveryKeys?.release;
  }
}
