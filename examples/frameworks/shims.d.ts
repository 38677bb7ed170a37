// What one framework's type checker does not know of the other's files.
declare module '*.svelte' {
  import type { Component } from 'svelte'
  const component: Component
  export default component
}

declare module '*.vue' {
  import type { Component } from 'vue'
  const component: Component
  export default component
}
