import { addMoney, formatMoney, parseMoney, type JsonObject, type Money, type OpenAmountChange, type PlannedStep } from '#canonical';
import { stepKeyOf, type Plan, type PlanTools, type ReversalRequest, type SentStep } from '#connector-kit';
import { zeroText } from './plan.js';

/** Undoes the booked steps last first: write-offs and payments are voided, applications of credits removed. Pure. */
export function planReversal(request: ReversalRequest, tools: PlanTools): Plan {
  const opens = new OpenAgain(request);
  const steps = request.booked.toReversed().map((sent, index) => stepFor({ request, sent, index }, opens, tools));
  const [first, ...rest] = steps;
  if (first !== undefined) return { steps: [first, ...rest] };
  return {
    refusals: [{
      code: 'documentMissing', path: 'booked', value: request.intent.idempotencyKey,
      problem: 'nothing of this posting is booked', cure: 'Withdraw the posting instead of reversing it.',
    }],
  };
}

interface Undo {
  readonly request: ReversalRequest;
  readonly sent: SentStep;
  readonly index: number;
}

function stepFor(undo: Undo, opens: OpenAgain, tools: PlanTools): PlannedStep {
  return undo.sent.step.operation === 'apply' ? removal(undo, opens, tools) : voiding(undo, opens, tools);
}

function removal({ request, sent, index }: Undo, opens: OpenAgain, tools: PlanTools): PlannedStep {
  const stepKey = stepKeyOf(request.idempotencyKey, `unapply${index + 1}`);
  const value: JsonObject = { stepKey, application: sent.externalId, removedOn: request.reversedOn };
  return {
    stepKey, operation: 'unapply', action: 'delete', recordType: 'creditApplication', target: { externalId: sent.externalId },
    body: tools.render('creditMemo.unapply', value),
    expected: { fields: {}, applications: [] },
    effects: opens.giveBack(sent.step.effects),
    says: `Take back the credit's application: ${sent.step.says}`,
  };
}

function voiding({ request, sent, index }: Undo, opens: OpenAgain, tools: PlanTools): PlannedStep {
  const stepKey = stepKeyOf(request.idempotencyKey, `void${index + 1}`);
  const value: JsonObject = { stepKey, document: sent.externalId, voidedOn: request.reversedOn, reason: request.reason };
  const isPayment = sent.step.operation === 'post';
  return {
    stepKey, operation: 'reverse', action: 'update', recordType: sent.step.recordType, target: { externalId: sent.externalId },
    body: tools.render('document.reverse', value),
    expected: { fields: { status: 'void', ...isPayment ? { unapplied: zeroText(request.intent) } : { total: zeroText(request.intent) } }, applications: [] },
    effects: opens.giveBack(sent.step.effects),
    says: `Void what was booked: ${sent.step.says}`,
  };
}

/** The dry-run's running figures, backwards: each step begins where the one before it ended. */
class OpenAgain {
  private readonly open = new Map<string, Money>();

  constructor({ booked }: ReversalRequest) {
    for (const { step } of booked) {
      for (const effect of step.effects) this.open.set(effect.externalId, parseMoney(effect.after, effect.currency));
    }
  }

  giveBack(effects: readonly OpenAmountChange[]): readonly OpenAmountChange[] {
    return effects.map((effect) => {
      const [before, after] = [parseMoney(effect.before, effect.currency), parseMoney(effect.after, effect.currency)];
      const now = this.open.get(effect.externalId) ?? after;
      const then = addMoney(now, { minor: before.minor - after.minor, currency: effect.currency });
      this.open.set(effect.externalId, then);
      return { ...effect, before: formatMoney(now), after: formatMoney(then) };
    });
  }
}
