import { formatTable } from './table.js';

describe('a table', () => {
  const columns = [{ title: 'NAME', text: (row: { name: string; amount: string }) => row.name }, { title: 'AMOUNT', text: (row: { amount: string }) => row.amount, right: true }];

  it('sets amounts on the right and leaves no blanks at line ends', () => {
    expect(formatTable(columns, [{ name: 'Ada', amount: '5.00' }, { name: 'B', amount: '1234.50' }])).toBe('NAME   AMOUNT\nAda      5.00\nB     1234.50');
  });

  it('lets no control character of other people\'s text reach the terminal', () => {
    expect(formatTable(columns, [{ name: 'a\u001b[31mred\nnext\u009b', amount: '' }])).toBe('NAME            AMOUNT\na [31mred next');
  });

  it('shortens what would break the lines', () => {
    const [, line] = formatTable(columns, [{ name: 'x'.repeat(100), amount: '1' }]).split('\n');
    expect(line).toBe(`${'x'.repeat(59)}…       1`);
  });

  it('keeps a problem whole, however long', () => {
    const problem = 'x'.repeat(100);
    expect(formatTable([{ title: 'PROBLEM', text: (row: { problem: string }) => row.problem, whole: true }], [{ problem }])).toBe(`PROBLEM\n${problem}`);
  });
});
