import { fixed, type Limit, minute, open } from './limit.ts'

const day = 24 * 60 * minute

/** Limits of messages beside documents. */
export const chatLimits = {
  chat_text_characters_max: open(
    2_000,
    [1, 100_000],
    'characters of one message',
    'message-too-long',
  ),
  chat_room_messages_max: open(10_000, [1, 10_000_000], 'messages that are kept of one room'),
  chat_kept_ms_max: open(
    365 * day,
    [minute, 36_500 * day],
    'time for which a message is kept; older ones go when the next is posted',
  ),
  chat_posts_per_second_max: open(
    5,
    [1, 10_000],
    'messages that one session posts or changes, and pages that it reads',
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
