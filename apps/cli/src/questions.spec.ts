import { answerAs, impliedSettings, nextQuestion } from './questions.js';

const SIGN_IN = {
  oneOf: [
    { properties: { authentication: { const: 'oauth2' }, accountId: { type: 'string', description: 'As shown.' }, clientId: { type: 'string' }, pageSize: { type: 'integer', default: 1000 } }, required: ['authentication', 'accountId', 'clientId'] },
    { properties: { authentication: { const: 'tba' }, accountId: { type: 'string' }, tokenId: { type: 'string' } }, required: ['authentication', 'accountId', 'tokenId'] },
  ],
};
const SECRETS = { anyOf: [{ properties: { privateKey: { type: 'string' } }, required: ['privateKey'] }, { properties: { consumerSecret: { type: 'string' }, tokenSecret: { type: 'string' } }, required: ['consumerSecret', 'tokenSecret'] }] };

describe('what connect asks for', () => {
  it('asks first what tells the alternatives apart, then what the chosen one requires, and nothing that has a default', () => {
    expect(nextQuestion(SIGN_IN, {}, false)).toMatchObject({ name: 'authentication', choices: ['oauth2', 'tba'], byDefault: 'oauth2' });
    expect(nextQuestion(SIGN_IN, { authentication: 'oauth2' }, false)).toMatchObject({ name: 'accountId', help: 'As shown.' });
    expect(nextQuestion(SIGN_IN, { authentication: 'tba', accountId: '1' }, false)).toMatchObject({ name: 'tokenId' });
    expect(nextQuestion(SIGN_IN, { authentication: 'oauth2', accountId: '1', clientId: 'x' }, false)).toBeNull();
  });

  it('asks nothing of a schema that requires nothing', () => {
    expect(nextQuestion({ properties: { pageSize: { type: 'integer', default: 5 } } }, {}, false)).toBeNull();
  });

  it('takes the credentials of which some are given', () => {
    expect(nextQuestion(SECRETS, {}, true)).toMatchObject({ name: 'privateKey', secret: true });
    expect(nextQuestion(SECRETS, { consumerSecret: 'x' }, true)).toMatchObject({ name: 'tokenSecret' });
    expect(nextQuestion(SECRETS, { privateKey: 'x' }, true)).toBeNull();
  });

  it('knows what follows from a choice', () => {
    expect(impliedSettings({ oneOf: [{ properties: { kind: { const: 'file' } } }] }, {})).toEqual({ kind: 'file' });
    expect(impliedSettings(SIGN_IN, {})).toEqual({});
  });

  it('takes an answer as the type the setting has, and not one that does not fit', () => {
    const question = { name: 'x', help: '', choices: [], byDefault: null, kind: 'number', secret: false } as const;
    expect(answerAs(question, ' 12 ')).toBe(12);
    expect(answerAs(question, 'twelve')).toBeNull();
    expect(answerAs({ ...question, kind: 'flag' }, 'yes')).toBe(true);
    expect(answerAs({ ...question, kind: 'text', byDefault: 'EU' }, '')).toBe('EU');
    expect(answerAs({ ...question, kind: 'text', choices: ['a', 'b'] }, 'c')).toBeNull();
    expect(answerAs({ ...question, kind: 'text' }, '')).toBeNull();
  });
});
