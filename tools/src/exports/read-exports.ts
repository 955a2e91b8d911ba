import { join } from 'node:path';
import ts from 'typescript';
import { sourceCondition, type WorkspacePackage } from '../read-workspace.ts';

/** What one entry of a package's exports map offers. */
export interface EntryExports {
  readonly package: string;
  /** Export map key: `.` or `./host`. */
  readonly subpath: string;
  readonly exports: readonly ExportedName[];
}

export interface ExportedName {
  readonly name: string;
  /** What importers get: something to run, something for the compiler, or both (a class, a schema and its type). */
  readonly kind: 'value' | 'type' | 'value and type' | 'unresolved';
  /** What its documentation rests on: `page` where a `@see` gives an address, `own-rule` where the text says "our own rule". Undefined for neither. */
  readonly source?: 'page' | 'own-rule';
  /** Members of an exported class derived from `Error`; undefined for everything else. */
  readonly errorClass?: { readonly hasCode: boolean; readonly hasIsInstance: boolean };
}

/** Reads the public names of every entry with the compiler, so that aliases and re-exports count as what they are. */
export function readExports(root: string, packages: readonly WorkspacePackage[]): EntryExports[] {
  const entries = packages.flatMap((item) => [...item.entries].map(([subpath, source]) => ({ item, subpath, source: join(root, source) })));
  const program = ts.createProgram(
    entries.map(({ source }) => source),
    {
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      customConditions: [sourceCondition],
      allowImportingTsExtensions: true,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
    },
  );
  const checker = program.getTypeChecker();
  return entries.map(({ item, subpath, source }) => {
    const file = program.getSourceFile(source);
    if (file === undefined) throw new Error(`${item.name}: the source of "${subpath}" is missing: ${source}`);
    const module = checker.getSymbolAtLocation(file);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
    const names = symbols.map((symbol) => describeExport(checker, symbol)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { package: item.folder, subpath, exports: names };
  });
}

function describeExport(checker: ts.TypeChecker, symbol: ts.Symbol): ExportedName {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  if (target.declarations === undefined) return { name: symbol.name, kind: 'unresolved' };
  const isValue = (target.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(symbol);
  const isType = (target.flags & ts.SymbolFlags.Type) !== 0;
  const kind = isValue ? (isType ? 'value and type' : 'value') : 'type';
  const source = sourceOf(target.declarations);
  const described = { name: symbol.name, kind, ...(source !== undefined && { source }) } as const;
  if (!isValue || !isErrorClass(checker, target)) return described;
  const hasCode = checker.getDeclaredTypeOfSymbol(target).getProperty('code') !== undefined;
  const hasIsInstance = checker.getTypeOfSymbol(target).getProperty('isInstance') !== undefined;
  return { ...described, errorClass: { hasCode, hasIsInstance } };
}

/** Read from the written text: the compiler takes the address behind `@see` apart as if it were a name. */
function sourceOf(declarations: readonly ts.Declaration[]): ExportedName['source'] {
  const text = declarations.flatMap((node) => ts.getJSDocCommentsAndTags(node).map((comment) => comment.getText())).join('\n');
  if (/@see\s+https:\/\/\S/.test(text)) return 'page';
  return /\bour own rule\b/i.test(text) ? 'own-rule' : undefined;
}

function isTypeOnly(symbol: ts.Symbol): boolean {
  return symbol.declarations?.some((node) => ts.isExportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly)) === true;
}

function isErrorClass(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  if ((symbol.flags & ts.SymbolFlags.Class) === 0) return false;
  const descends = (type: ts.Type): boolean => type.symbol?.name === 'Error' || (type.getBaseTypes() ?? []).some(descends);
  return descends(checker.getDeclaredTypeOfSymbol(symbol));
}
