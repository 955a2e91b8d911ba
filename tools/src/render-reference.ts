/** A generated page of `docs/reference`, written from the tables that the code itself uses. */
export interface ReferencePage {
  readonly file: string;
  readonly text: string;
}

interface CodeTable<Row> {
  readonly title: string;
  readonly lead: string;
  readonly columns: readonly string[];
  readonly codes: Readonly<Record<string, Row>>;
  readonly cells: (row: Row) => readonly string[];
}

/** The first line of every generated page. */
export const generatedNote = '<!-- Written by `pnpm check reference --update` from the tables in the sources. Edit those. -->';

/** The section of one package's codes; each code is an anchor of its own, so that messages can link to it. */
export function renderCodes<Row>({ title, lead, columns, codes, cells }: CodeTable<Row>): string {
  const rows = Object.entries(codes).map(([code, row]) => tableRow([`<a id="${code.replaceAll('/', '-')}"></a>\`${code}\``, ...cells(row)]));
  return [`## ${title}`, '', lead, '', tableRow(['code', ...columns]), tableRow(['---', ...columns.map(() => '---')]), ...rows, ''].join('\n');
}

export function renderCodesPage(sections: readonly string[]): ReferencePage {
  const lead = 'Callers branch on codes: they are stable within a major version. Messages may improve any day.';
  return { file: 'docs/reference/error-codes.md', text: [generatedNote, '# Error codes', '', lead, '', ...sections].join('\n') };
}

/** The states of an operation, each with the ones that may follow, as a table and as a drawing. */
export function renderStatesPage(transitions: Readonly<Record<string, readonly string[]>>): ReferencePage {
  const states = Object.entries(transitions);
  const name = (state: string): string => state.replaceAll('-', '_');
  const rows = states.map(([state, next]) => tableRow([`\`${state}\``, next.length === 0 ? 'none: terminal' : next.map((to) => `\`${to}\``).join(', ')]));
  const edges = states.flatMap(([state, next]) => (next.length === 0 ? [`  ${name(state)} --> [*]`] : next.map((to) => `  ${name(state)} --> ${name(to)}`)));
  const text = [
    generatedNote,
    '# Operation states',
    '',
    'A pair that is not in this table is refused. Terminal states are final.',
    '',
    tableRow(['state', 'may be followed by']),
    tableRow(['---', '---']),
    ...rows,
    '',
    '```mermaid',
    'stateDiagram-v2',
    `  [*] --> ${name(states[0]?.[0] ?? '')}`,
    ...edges,
    '```',
    '',
  ].join('\n');
  return { file: 'docs/reference/operation-states.md', text };
}

/** A table with its heading, as lines; an empty line ends it. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [tableRow(columns), tableRow(columns.map(() => '---')), ...rows.map(tableRow), ''];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
