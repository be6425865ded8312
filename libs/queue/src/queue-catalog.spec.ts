import * as fc from 'fast-check';
import { checkedPayload, QUEUE_NAMES, type QueueName } from './queue-catalog.js';
import { QueueError } from './queue-error.js';

const VALID: Readonly<Record<QueueName, Record<string, unknown>>> = {
  sync: { tenantId: 't1', connectionId: 'c1' },
  matching: { tenantId: 't1' },
  posting: { tenantId: 't1', connectionId: 'c1' },
  documents: { tenantId: '1', documentId: '7' },
  maintenance: { task: 'janitor' },
};

describe('the queue catalog', () => {
  it.each(QUEUE_NAMES)('%s takes its payload unchanged', (name) => {
    expect(checkedPayload(name, VALID[name])).toEqual(VALID[name]);
  });

  it.each(QUEUE_NAMES)('%s refuses a field the catalog does not list, whatever it is called', (name) => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (field, value) => {
      fc.pre(!['tenantId', 'connectionId', 'kind', 'task', '__proto__'].includes(field));
      expect(() => checkedPayload(name, { ...VALID[name], [field]: value })).toThrow(QueueError);
    }));
  });

  it.each(QUEUE_NAMES)('%s refuses a missing field and an id that is not text', (name) => {
    for (const field of Object.keys(VALID[name])) {
      const { [field]: _, ...rest } = VALID[name];
      expect(() => checkedPayload(name, rest)).toThrow(new RegExp(`"${name}".*${field}`));
      expect(() => checkedPayload(name, { ...VALID[name], [field]: 7 })).toThrow(new RegExp(`"${name}".*${field}`));
      expect(() => checkedPayload(name, { ...VALID[name], [field]: '' })).toThrow(QueueError);
    }
  });

  it('names the field and never the value, which may be a secret', () => {
    expect(() => checkedPayload('maintenance', { task: 'S3CRET-TOKEN' })).toThrow(/task/);
    expect(() => checkedPayload('maintenance', { task: 'S3CRET-TOKEN' })).not.toThrow(/S3CRET/);
  });

  it('takes nothing that is no object', () => {
    fc.assert(fc.property(fc.constantFrom(...QUEUE_NAMES), fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string())), (name, payload) => {
      expect(() => checkedPayload(name, payload)).toThrow(QueueError);
    }));
  });
});
