/** Parts of a message that are gone into, element by element. */
export type Level = 'message' | 'statement' | 'entry' | 'details';

/** What is looked at directly in each of them. */
const READ: Readonly<Record<Level, ReadonlySet<string>>> = {
  message: new Set(['GrpHdr']),
  statement: new Set(['Id', 'ElctrncSeqNb', 'LglSeqNb', 'CreDtTm', 'FrToDt', 'Acct', 'Bal', 'TxsSummry', 'StmtPgntn', 'RptPgntn', 'NtfctnPgntn']),
  entry: new Set(['NtryRef', 'Amt', 'CdtDbtInd', 'RvslInd', 'Sts', 'BookgDt', 'ValDt', 'AcctSvcrRef', 'BkTxCd', 'AmtDtls', 'Chrgs', 'AddtlNtryInf']),
  details: new Set(['Btch', 'TxDtls']),
};
/** What the standard has there besides and the model has no word for. */
const PASSED_OVER: Readonly<Record<Level, ReadonlySet<string>>> = {
  message: new Set(['SplmtryData']),
  statement: new Set(['RptgSeq', 'RptgSrc', 'CpyDplctInd', 'RltdAcct', 'Intrst', 'AddtlStmtInf', 'AddtlRptInf', 'AddtlNtfctnInf', 'SplmtryData']),
  entry: new Set(['Avlbty', 'ComssnWvrInd', 'AddtlInfInd', 'TechInptChanl', 'Intrst', 'CardTx', 'SplmtryData']),
  details: new Set(),
};
/** Elements that hold money: one of them where none belongs is a loss. */
const MONEY: ReadonlySet<string> = new Set(['Stmt', 'Rpt', 'Ntfctn', 'Bal', 'Ntry', 'NtryDtls', 'TxDtls', 'BkToCstmrAcctRpt', 'BkToCstmrStmt', 'BkToCstmrDbtCdtNtfctn']);

/** How an element is met: looked at, known and passed over, unknown, or in a wrong place with money in it. */
export function standingOf(level: Level, name: string): 'read' | 'passedOver' | 'unknown' | 'misplaced' {
  if (READ[level].has(name)) return 'read';
  if (PASSED_OVER[level].has(name)) return 'passedOver';
  return MONEY.has(name) ? 'misplaced' : 'unknown';
}
