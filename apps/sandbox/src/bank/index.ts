export * from './book.js';
export { type GeneratedPayments, generatePayments, type GenerateOptions } from './payments.js';
export { type Bai2Options, renderBai2 } from './render-bai2.js';
export { type CsvOptions, renderCsv } from './render-csv.js';
