import { test } from 'bun:test'
import { share } from '../../support/share.ts'
import { gather } from '../panels/people.ts'
import { tellStory } from './story.ts'

const people = await share(gather())

test('DEMO-49: two people and a guest go through a whole evening', async () => {
  const viewport = { width: 1440, height: 900 }
  await tellStory(people, { document: 'evening', look: { viewport } })
}, 300_000)
