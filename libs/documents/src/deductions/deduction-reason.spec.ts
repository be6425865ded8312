import { adjustmentReason } from './adjustment-reasons.js';
import { reasonOf, type TenantReason } from './deduction-reason.js';
import { reasonGroupOfText } from './reason-words.js';

describe('the reason of a deduction', () => {
  it.each([['01', 'pricing'], ['4', 'damage'], ['54', 'freight'], ['zz', 'other'], ['B2', 'rebate']])('code %s is of group %s', (code, group) => {
    expect(adjustmentReason(code)?.group).toBe(group);
  });

  it.each([
    ['FREIGHT CLAIM 881', 'freight'], ['Damaged goods, 3 cases', 'damage'], ['short shipped 2 pcs', 'quantity'], ['price difference', 'pricing'], ['Q3 promo allowance', 'promotion'], ['RTV 77', 'return'],
    ['sales tax exempt', 'tax'], ['duplicate freight bill', 'duplicate'], ['2% discount', 'discount'], ['LATE_FEE', 'late'], ['damaged return', 'return'], ['no POD', 'documents'], ['thank you', null], ['shortcut taxi promotional', 'promotion'],
  ])('"%s" says %s', (text, group) => {
    expect(reasonGroupOfText(text)).toBe(group);
  });

  it('the code decides before the text, unless it means nothing or is not known', () => {
    expect(reasonOf({ code: '01', text: 'freight' })).toMatchObject({ group: 'pricing', title: 'Pricing error', by: 'code', reason: null });
    expect(reasonOf({ code: 'ZZ', text: 'freight' })).toMatchObject({ group: 'freight', by: 'text' });
    expect(reasonOf({ code: 'QX9', text: 'freight' })).toMatchObject({ group: 'freight', by: 'text', code: 'QX9' });
  });

  it('what nobody knows keeps its code and text, and no group is made up', () => {
    expect(reasonOf({ code: 'QX9', text: 'see call' })).toEqual({ reason: null, group: null, title: null, code: 'QX9', text: 'see call', by: 'nothing' });
    expect(reasonOf({ code: null, text: null })).toMatchObject({ group: null, by: 'nothing' });
  });

  it('the tenant\'s own mapping goes first, in its order, by code, words or group', () => {
    const rules: readonly TenantReason[] = [
      { code: null, words: null, group: null, reason: 'NEVER' }, { code: 'qx9', words: null, group: null, reason: 'SWELL' }, { code: null, words: 'Lumper', group: null, reason: 'UNLOADING' }, { code: null, words: null, group: 'freight', reason: 'FREIGHT-CLAIM' },
    ];
    expect(['QX9', '54', '01'].map((code) => reasonOf({ code, text: null }, rules).reason)).toEqual(['SWELL', 'FREIGHT-CLAIM', null]);
    expect(reasonOf({ code: '54', text: 'lumper fee' }, rules)).toMatchObject({ reason: 'UNLOADING', group: 'freight', by: 'tenant' });
  });
});
