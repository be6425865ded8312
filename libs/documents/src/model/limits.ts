/** Characters of a document a language model is asked about. */
export const MODEL_TEXT_LENGTH_MAX = 40_000;
/** Characters of its answer. */
export const MODEL_ANSWER_LENGTH_MAX = 200_000;
/** Items of its answer. */
export const MODEL_LINES_MAX = 1_000;
/** Time it has. */
export const MODEL_TIME_MS_MAX = 60_000;
