import fc from 'fast-check';
import { noteIdOf, refusalNote } from './refusal-note.js';

const at = new Date('2026-03-10T12:00:00Z');

describe('the note beside a refused mail', () => {
  it('names the same refusal always alike, and two never', () => {
    expect(noteIdOf('7', { uidValidity: 12n, uid: 3 })).toBe('<refused-7-12-3@tributary.invalid>');
    expect(noteIdOf('7', { uidValidity: 1n, uid: 23 })).not.toBe(noteIdOf('7', { uidValidity: 12n, uid: 3 }));
  });

  it('holds the reason whole and no header but its own, whatever a payer wrote', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 2_000 }), (subject, inReplyTo, because) => {
      const text = refusalNote({ messageId: '<n@x>', to: 'ar@hub.example', subject, inReplyTo, because, at }).toString('utf8');
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const names = head.split('\r\n').filter((line) => !line.startsWith(' ')).map((line) => line.split(':')[0]).filter((name) => name !== 'In-Reply-To' && name !== 'References');
      expect(names).toEqual(['From', 'To', 'Subject', 'Date', 'Message-ID', 'Auto-Submitted', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding']);
      expect(head.split('\r\n').every((line) => line.length < 998 && /^[\x20-\x7e]*$/.test(line))).toBe(true);
      expect(Buffer.from(body, 'base64').toString('utf8')).toContain(Buffer.from(because.replace(/\r?\n/g, '\r\n')).toString('utf8'));
    }));
  });
});
