/** The accounts the simulated company posts to, numbers after the product's demonstration company. */
export const CHART = {
  receivables: '40100', bank: '40300', clearing: '40400', taxPayable: '52100', sales: '60100', discountGranted: '60900', badDebt: '67200', realizedGains: '80400', realizedLosses: '80500', bankCharges: '67300',
} as const;

export const CHART_NAMES: readonly (readonly [number: string, name: string, category: string])[] = [
  [CHART.receivables, 'Accounts Receivable', 'Assets'], [CHART.bank, 'Business account, operating', 'Assets'], [CHART.clearing, 'Cash receipts clearing', 'Assets'], [CHART.taxPayable, 'Sales tax payable', 'Liabilities'],
  [CHART.sales, 'Sales', 'Income'], [CHART.discountGranted, 'Payment discounts granted', 'Income'], [CHART.badDebt, 'Bad debt losses', 'Expense'], [CHART.bankCharges, 'Bank charges', 'Expense'],
  [CHART.realizedGains, 'Realized exchange gains', 'Income'], [CHART.realizedLosses, 'Realized exchange losses', 'Expense'],
];
