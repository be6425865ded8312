import type { DocumentModel } from '#documents';

/** Where a language model is asked. */
export interface ChatModelSettings {
  /** Base of an OpenAI-compatible interface, with its version: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly timeoutMs: number;
}

/** Bytes of an answer; the answer to one document is a few thousand. */
export const CHAT_ANSWER_BYTES_MAX = 1_000_000;

/** Raised when the model does not answer as the interface says. Never holds the document or the key. */
export class ChatModelError extends Error {
  override readonly name = 'ChatModelError';
}

/**
 * A language model behind an OpenAI-compatible interface (`POST /chat/completions`). Documents leave the house by it, so it exists only
 * where somebody configured it; redirects are not followed.
 */
export function chatModel({ baseUrl, model, apiKey, timeoutMs }: ChatModelSettings): DocumentModel {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/chat/completions`);
  return {
    name: model,
    ask: async (prompt) => {
      const response = await fetch(url, {
        method: 'POST', redirect: 'error', signal: AbortSignal.timeout(timeoutMs), headers: { 'content-type': 'application/json', ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify({ model, temperature: 0, response_format: { type: 'json_object' }, messages: [{ role: 'user', content: prompt }] }),
      });
      const text = await boundedText(response);
      if (!response.ok) throw new ChatModelError(`${url.host} answered ${response.status}; check address, model and key`);
      return contentOf(text, url.host);
    },
  };
}

async function boundedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > CHAT_ANSWER_BYTES_MAX) throw new ChatModelError(`the answer has more than ${CHAT_ANSWER_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function contentOf(text: string, host: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ChatModelError(`${host} answered no JSON; is it an OpenAI-compatible interface?`);
  }
  const content = (value as { choices?: { message?: { content?: unknown } }[] } | null)?.choices?.[0]?.message?.content;
  if (typeof content !== 'string') throw new ChatModelError(`${host} answered without choices[0].message.content; is it an OpenAI-compatible interface?`);
  return content;
}
