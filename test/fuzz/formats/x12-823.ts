import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';
import { X12_VALUES, x12Seed } from './x12-820.js';

const LOCKBOX = [
  'N1*PE*Our House', 'DEP*BOX77*20261102*1200*D1*01*021000021*DA*999', 'AMT*TP*350', 'QTY*41*2', 'QTY*42*3', 'BAT*20261102**B1', 'AMT*TP*300', 'QTY*42*2', 'BPR*I*100*C*CHK', 'TRN*3*5001', 'N1*PR*Acme',
  'RMR*IV*1**100', 'BPR*I*200*C*CHK', 'TRN*3*5002', 'RMR*IV*2**150*160', 'ADX*-10*01', 'RMR*IV*3**50', 'BAT*20261103**B2', 'BPR*I*50*C*CHK', 'TRN*3*5003', 'RMR*AP*77**50',
];

/** 823: deposits and batches count and sum their cheques. */
export const fuzzFormat: FuzzFormat = {
  format: 'x12.823',
  seeds: () => [x12Seed('823', LOCKBOX), x12Seed('823', LOCKBOX, { terminator: '~' })],
  mutate: (random, seed) => mutateFields(random, seed, /([*~])/, [...X12_VALUES, 'DEP', 'BAT', 'AMT', 'QTY', 'AVA']),
};
