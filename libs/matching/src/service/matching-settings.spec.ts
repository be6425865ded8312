import { DEFAULT_SETTINGS } from '../rules/types.js';
import { readSettings } from './matching-settings.js';

describe('settings of matching', () => {
  it('are the defaults where nothing is stored, and keep the default of what is left out', () => {
    expect(readSettings(null)).toEqual({ rules: DEFAULT_SETTINGS, writeOffAccount: null, discountAccount: null });
    expect(readSettings({ duplicateDays: 3 }).rules).toEqual({ ...DEFAULT_SETTINGS, duplicateDays: 3 });
  });

  it('read amounts exactly in their own currency', () => {
    expect(readSettings({ writeOffMax: { USD: '5.00', JPY: '500', KWD: '0.125' } }).rules.writeOffMax).toEqual({ USD: 500n, JPY: 500n, KWD: 125n });
  });

  it.each([
    [{ writeOffMax: { USD: '5.001' } }, 'matching.writeOffMax.USD: "5.001"'], [{ writeOffMax: { USD: '-1.00' } }, '"-1.00"'], [{ writeOffMax: { XXQ: '1' } }, 'ISO 4217'],
    [{ autoApply: { enabled: true, probabilityMin: 95 } }, 'matching.autoApply.probabilityMin'], [{ autoAply: {} }, 'autoAply'],
  ])('refuse %j naming the field', (stored, message) => {
    expect(() => readSettings(stored)).toThrow(message);
  });
});
