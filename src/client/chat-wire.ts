import { readVarString } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import type { MessageHandler, ProviderSocket } from './provider.ts'

/** ytopic's own message of the room, for connections that ask. */
const messageChat = 111
/** What stands before it in a stateless message of Hocuspocus. */
const prefix = 'ytopic:chat:'
const open = 1
const nothing = (): void => undefined

/** What a room hears of its connection. */
export interface ChatHearing {
  readonly opened: () => void
  readonly lost: () => void
  readonly said: (text: string) => void
}

/** A connection over which a room is spoken of. */
export interface ChatWire {
  /** Says something, if it is connected. */
  say(text: string): void
  /** Tells when it is connected, at once if it is, when it is lost, and what is said. */
  listen(to: ChatHearing): void
  /** Listens no more; the connection stays. */
  end(): void
}

/** What is used of a `WebsocketProvider` of `y-websocket` 3. */
export interface WebsocketChatProvider {
  readonly ws: ProviderSocket | null
  readonly wsconnected: boolean
  readonly messageHandlers: MessageHandler[]
  on(name: 'status', listener: (event: { readonly status: string }) => void): unknown
  off(name: 'status', listener: (event: { readonly status: string }) => void): unknown
}

/**
 * The room of a `WebsocketProvider` of `y-websocket` 3.
 * @param provider one with `params: { chat: '1' }`
 */
export function overWebsocket(provider: WebsocketChatProvider): ChatWire {
  let end = nothing
  return {
    say(text) {
      const encoder = createEncoder()
      writeVarUint(encoder, messageChat)
      writeVarString(encoder, text)
      if (provider.ws?.readyState === open) provider.ws.send(toUint8Array(encoder))
    },
    listen({ lost, opened, said }) {
      provider.messageHandlers[messageChat] = (_encoder, decoder, _provider, fromSocket) => {
        const text = readVarString(decoder)
        if (fromSocket) said(text)
      }
      const onStatus = ({ status }: { readonly status: string }): void => {
        if (status === 'connected') opened()
        else lost()
      }
      provider.on('status', onStatus)
      end = () => {
        provider.off('status', onStatus)
        provider.messageHandlers[messageChat] = (_encoder, decoder) => void readVarString(decoder)
      }
      if (provider.wsconnected) opened()
    },
    end: () => end(),
  }
}

/** What is used of a `HocuspocusProvider`. */
export interface HocuspocusChatProvider {
  readonly synced: boolean
  sendStateless(payload: string): void
  on(name: string, listener: (event: never) => void): unknown
  off(name: string, listener: (event: never) => void): unknown
}

/** The room of a `HocuspocusProvider`. */
export function overHocuspocus(provider: HocuspocusChatProvider): ChatWire {
  let end = nothing
  return {
    say: (text) => provider.sendStateless(`${prefix}${text}`),
    listen({ lost, opened, said }) {
      const onSynced = ({ state }: { readonly state: boolean }): void => {
        if (state) opened()
      }
      const onStateless = ({ payload }: { readonly payload: string }): void => {
        if (payload.startsWith(prefix)) said(payload.slice(prefix.length))
      }
      provider.on('synced', onSynced)
      provider.on('close', lost)
      provider.on('stateless', onStateless)
      end = () => {
        provider.off('synced', onSynced)
        provider.off('close', lost)
        provider.off('stateless', onStateless)
      }
      if (provider.synced) opened()
    },
    end: () => end(),
  }
}
