import { badRequest, notFound } from '../odata/odata-error.js';
import type { RecurringJobs } from '../packages/recurring-jobs.js';
import { empty, json, textOf, type Answer, type Call } from './message.js';
import { RECURRING_PATH } from './routes.js';

/** `/api/connector/enqueue|dequeue|ack/{activityId}` (reference 3.9). @throws ODataError */
export function answerRecurring(recurring: RecurringJobs, call: Call, clientId: string): Answer {
  const [verb = '', activityId = ''] = call.path.slice(RECURRING_PATH.length).split('/').map(decodeURIComponent);
  switch (`${call.method} ${verb}`) {
    case 'POST enqueue': {
      const entity = call.query.get('entity');
      if (entity === null) throw badRequest("The query parameter 'entity' is missing.");
      return json(200, recurring.enqueue(activityId, clientId, entity, call.query.get('company'), call.body));
    }
    case 'GET dequeue': {
      const delivery = recurring.dequeue(activityId, clientId, call.origin);
      return delivery === null ? empty(204) : json(200, delivery);
    }
    case 'POST ack': {
      const { CorrelationId, PopReceipt } = deliveryOf(textOf(call));
      recurring.acknowledge(activityId, clientId, String(CorrelationId), String(PopReceipt));
      return json(200, {});
    }
    default: throw notFound(`${call.origin}${call.path}`);
  }
}

function deliveryOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
  throw badRequest('The request body must be what the dequeue answered.');
}
