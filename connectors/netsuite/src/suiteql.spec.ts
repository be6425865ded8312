import { FakeAccount, rowsAnswer, type FakeRow } from './testing/fake-account.js';
import { idLiteral, isTableInvisible, query, queryAll, quoted, slices, unknownColumnOf } from './suiteql.js';

describe('SuiteQL', () => {
  let account: FakeAccount;
  beforeEach(() => { account = new FakeAccount(); });

  it('is asked as REST wants it: transient, bound text in the body, limit and offset in the address', async () => {
    account.answerSql(/./, () => []);
    await query(account.context(), 'SELECT "x" FROM y', 10, 20);
    const seen = account.calls.at(-1);
    expect([seen?.method, seen?.path, seen?.query.get('limit'), seen?.query.get('offset'), seen?.headers.get('prefer'), seen?.body])
      .toEqual(['POST', '/services/rest/query/v1/suiteql', '10', '20', 'transient', '{"q":"SELECT \\"x\\" FROM y"}']);
  });

  it('brings every row of a query that needs several pages, each once', async () => {
    const rows = Array.from({ length: 2345 }, (_, index): FakeRow => ({ id: String(index) }));
    account.answer((call) => (call.sql === '' ? null : rowsAnswer(rows, call)));
    expect((await queryAll(account.context(), 'SELECT id FROM y ORDER BY id')).map((row) => row['id'])).toEqual(rows.map((row) => row['id']));
    expect(account.queries).toHaveLength(3);
  });

  it('drops the links of rows and nothing that looks like them inside a text', async () => {
    account.answer((call) => (call.sql === '' ? null : { status: 200, body: '{"items":[{"links":[],"id":"1","memo":"say \\"links\\":[], twice"},{"links":[{"rel":"self"}],"id":"2"}],"hasMore":false}' }));
    expect((await query(account.context(), 'SELECT id, memo FROM y')).rows).toMatchObject([{ id: '1', memo: 'say "links":[], twice' }, { id: '2' }]);
  });

  it('gives keys in lower case and expressions their names back', async () => {
    account.answer((call) => (call.sql === '' ? null : { status: 200, body: { items: [{ ID: '1', expr1: '2026-01-01', EXPR2: 'CustPymt:C' }], hasMore: false } }));
    expect((await query(account.context(), 'SELECT t.id, TO_CHAR(t.trandate,\'YYYY\') AS trandate, BUILTIN.CF(t.status) AS statuscode FROM transaction t')).rows)
      .toEqual([{ id: '1', trandate: '2026-01-01', statuscode: 'CustPymt:C' }]);
  });

  it('keeps numbers as the text they were sent as', async () => {
    account.answer((call) => (call.sql === '' ? null : { status: 200, body: '{"items":[{"foreigntotal":12345678901234567.89}],"hasMore":false}' }));
    expect((await query(account.context(), 'SELECT x FROM y')).rows).toEqual([{ foreigntotal: '12345678901234567.89' }]);
  });

  it.each(['<html>busy</html>', '{"count":0}', '[]', ''])('takes an answer that is not what was promised for no empty page: %j', async (body) => {
    account.answer((call) => (call.sql === '' ? null : { status: 200, body }));
    await expect(query(account.context(), 'SELECT x FROM y')).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });

  it('lets no value end its literal', () => {
    expect(quoted('O\'Brien\' OR 1=1 --')).toBe('\'O\'\'Brien\'\' OR 1=1 --\'');
    expect(idLiteral('4711')).toBe('4711');
    for (const id of ['', '1 OR 1=1', '1e3', '0x1', '9'.repeat(19)]) expect(() => idLiteral(id)).toThrow(/no internal id/);
  });

  it('slices lists so that each fits one IN', () => {
    expect([...slices([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('knows an unknown column and an invisible table by NetSuite\'s words', async () => {
    const failing = async (detail: string): Promise<unknown> => {
      account.answer((call) => (call.sql === '' ? null : { status: 400, body: { 'o:errorDetails': [{ 'o:errorCode': 'INVALID_PARAMETER', 'o:errorQueryParam': 'q', detail }] } }));
      return await query(account.context(), 'SELECT x FROM y').catch((error: unknown) => error);
    };
    expect(unknownColumnOf(await failing('Search error occurred: Unknown identifier \'TL.Subsidiary\'. Available identifiers are: {t=transaction}.'))).toBe('subsidiary');
    expect(isTableInvisible(await failing('Search error occurred: Record \'deletedrecord\' was not found.'))).toBe(true);
    expect(isTableInvisible(await failing('Invalid search type: foo.'))).toBe(true);
    expect(isTableInvisible(await failing('Division by zero'))).toBe(false);
  });
});
