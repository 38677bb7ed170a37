import { afterAll, beforeAll, test } from 'bun:test'
import { type Gathering, gather } from '../panels/people.ts'
import { tellStory } from './story.ts'

let people: Gathering
beforeAll(async () => {
  people = await gather()
}, 300_000)
afterAll(() => people.close())

test('DEMO-49: two people and a guest go through a whole evening', async () => {
  const viewport = { width: 1440, height: 900 }
  await tellStory(people, { document: 'evening', look: { viewport } })
}, 300_000)
