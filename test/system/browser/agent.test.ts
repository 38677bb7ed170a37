import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { agentOver } from '../../source/mcp/stage.ts'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from './stage.ts'

const stage = await share(openStage(['--mcp', 'on']), patienceMs)

test('AGENT-3, AGENT-4: an agent edits beside a person who goes on typing', async () => {
  const tab = await stage.visit('beside')
  const ada = tab.first
  await ada.type('prose', 'The quick brown fox jumps over the dog.')
  await ada.becomes('All changes saved')
  const agent = await agentOver(stage.server.http)
  const place = { document: 'beside', root: 'prose' }
  const read = await agent.call('read_document', place)
  expect(read.text.trim()).toBe('The quick brown fox jumps over the dog.')
  await ada.listsOthers(['Helper'])
  // Her caret stands at the end, before the full stop, and stays there.
  await ada.prose.press('ArrowLeft')
  const typing = ada.prose.pressSequentially(' that sleeps in the sun', { delay: 20 })
  const edits = [{ old_text: 'quick brown', new_text: 'clever red' }]
  expect(await agent.call('edit_document', { ...place, edits })).toMatchObject({ isError: false })
  await typing
  await ada.shows('prose', 'The clever red fox jumps over the dog that sleeps in the sun.')
  await tab.page.screenshot({
    path: resolve(import.meta.dir, '../../screenshots/agent-beside-a-person.png'),
  })
  const versions = await agent.call('keep_version', { document: 'beside', name: 'together' })
  expect(versions.text).toContain('"agent:helper"')
  expect(tab.complaints).toEqual([])
  await agent.end()
})
