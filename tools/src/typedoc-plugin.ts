import { Application, Converter, ReflectionKind, type DeclarationReflection, type ProjectReflection, type SomeType } from 'typedoc';

/**
 * What is documented once need not be documented twice: a type that is derived from a documented value
 * (`z.infer<typeof deviceSchema>`, `keyof typeof errorCodes`) takes that value's text. And every exported function needs one.
 *
 * TypeDoc's own check for functions would ask the same of each method of each interface, where a good name and a type often say all.
 */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const alias of declarationsOf(project, ReflectionKind.TypeAlias)) {
      const source = alias.type === undefined ? undefined : findValue(alias.type);
      if (!alias.hasComment() && source?.comment !== undefined) alias.comment = source.comment.clone();
    }
  });
  app.on(Application.EVENT_VALIDATE_PROJECT, (project) => {
    for (const exported of declarationsOf(project, ReflectionKind.Function)) {
      const documented = exported.hasComment() || exported.signatures?.every((signature) => signature.hasComment()) === true;
      if (!documented) app.logger.warn(`${exported.getFriendlyFullName()} (Function) does not have any documentation`);
    }
  });
}

function declarationsOf(project: ProjectReflection, kind: ReflectionKind): DeclarationReflection[] {
  return project.getReflectionsByKind(kind).filter((reflection): reflection is DeclarationReflection => reflection.isDeclaration());
}

/** The value that a type is derived from, when it is one of the documented ones. */
function findValue(type: SomeType): DeclarationReflection | undefined {
  if (type.type === 'query') return type.queryType.reflection?.isDeclaration() === true ? type.queryType.reflection : undefined;
  if (type.type === 'typeOperator') return findValue(type.target);
  if (type.type === 'indexedAccess') return findValue(type.objectType);
  const [only, ...others] = type.type === 'reference' ? (type.typeArguments ?? []) : [];
  return only === undefined || others.length > 0 ? undefined : findValue(only);
}
