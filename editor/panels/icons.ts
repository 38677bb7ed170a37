/** Pictures of 20 by 20, by their paths. */
export const icons = {
  close: 'M5 5l10 10M15 5 5 15',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  send: 'M3.5 10 16.5 4l-4.5 13-3-6zM9 11l7.5-7',
  down: 'M10 4v12M5 11l5 5 5-5',
  check: 'm4 10.5 4 4 8-9',
  smile:
    'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4' +
    'M7.5 8h.01M12.5 8h.01M6.8 11.8c1.5 2 4.9 2 6.4 0',
  comment: 'M3.5 4.5h13v9h-7l-3.5 3v-3h-2.5z',
  reopen: 'M4 6v4h4M4.6 10a6 6 0 1 1 1.6 4.2',
} as const
