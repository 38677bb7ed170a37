import { fixed, kib, type Limit, mib, minute, open } from './limit.ts'

const day = 24 * 60 * minute

/** Limits of comments on documents. */
export const commentLimits = {
  comment_text_characters_max: open(
    10_000,
    [1, 1_000_000],
    'characters of one comment',
    'message-too-long',
  ),
  comment_threads_max: open(2_000, [1, 1_000_000], 'threads on one document', 'too-many-comments'),
  comments_in_thread_max: open(500, [1, 100_000], 'comments in one thread', 'too-many-comments'),
  comments_bytes_max: open(
    8 * mib,
    [64 * kib, 256 * mib],
    'size of the comments on one document, to which nothing is added above it',
    'too-many-comments',
  ),
  comment_quote_characters_max: fixed(
    1_000,
    'characters of the words that a thread is about, and of those before and behind them',
    'bad-request',
  ),
  comment_reactions_max: fixed(200, 'reactions to one comment', 'too-many-comments'),
  comment_reactions_of_one_max: fixed(
    20,
    'reactions of one person to one comment',
    'too-many-comments',
  ),
  comment_mentions_max: fixed(50, 'people whom one comment mentions', 'bad-request'),
} as const satisfies Record<string, Limit>

/** Limits of messages beside documents. */
export const chatLimits = {
  chat_text_characters_max: open(
    2_000,
    [1, 100_000],
    'characters of one message',
    'message-too-long',
  ),
  chat_room_messages_max: open(10_000, [1, 10_000_000], 'messages that are kept of one room'),
  chat_kept_ms_max: open(365 * day, [minute, 36_500 * day], 'time for which a message is kept'),
  chat_drop_ms: fixed(minute, 'how often messages that are too old are looked for'),
  chat_posts_per_second_max: open(
    5,
    [1, 10_000],
    'what one session says in rooms (messages, changes, pages, typing); and messages and ' +
      'comments of one person over all connections and HTTP',
    'messages-too-fast',
  ),
  chat_posts_burst_max: open(
    20,
    [1, 100_000],
    'the same at once, after a pause',
    'messages-too-fast',
  ),
  chat_posts_waiting_max: fixed(1_000, 'messages that wait for the store', 'store-unavailable'),
  chat_page_messages_max: fixed(100, 'messages in one page'),
  chat_typing_ms: fixed(5_000, 'time after which somebody who says nothing more types no more'),
  chat_news_ms: fixed(100, 'time for which those who come and go are gathered into one message'),
  chat_members_told_max: fixed(100, 'people who are named at once; the others are counted'),
} as const satisfies Record<string, Limit>
