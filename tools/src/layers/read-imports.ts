import ts from 'typescript';

/** One place where a file names another module. */
export interface ModuleImport {
  /** What is written between the quotes, or undefined when it is computed at run time. */
  readonly specifier: string | undefined;
  /** 1-based. */
  readonly line: number;
  /** Erased by the compiler: it binds the floors, but loads nothing. */
  readonly typeOnly: boolean;
}

/**
 * Every import of a file in source order: static, type-only, re-exported, dynamic, `import('x').T`, `require` and
 * `new URL('./worker.ts', import.meta.url)`, by which workers and children are named.
 */
export function readImports(fileName: string, text: string): ModuleImport[] {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, false);
  const imports: ModuleImport[] = [];
  const add = (node: ts.Node, name: ts.Node | undefined, typeOnly: boolean): void => {
    const specifier = name !== undefined && ts.isStringLiteralLike(name) ? name.text : undefined;
    imports.push({ specifier, typeOnly, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && loadsModule(node.expression)) add(node, node.arguments[0], false);
    else if (ts.isNewExpression(node) && isSourceUrl(node)) add(node, node.arguments?.[0], false);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

function loadsModule(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function isSourceUrl(node: ts.NewExpression): boolean {
  const [target, base] = node.arguments ?? [];
  if (!ts.isIdentifier(node.expression) || node.expression.text !== 'URL') return false;
  if (target === undefined || !ts.isStringLiteralLike(target) || !/^\.{1,2}\/.*\.[cm]?[jt]s$/.test(target.text)) return false;
  return base !== undefined && ts.isPropertyAccessExpression(base) && ts.isMetaProperty(base.expression);
}
